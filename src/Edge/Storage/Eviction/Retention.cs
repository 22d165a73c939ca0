using EdgeCache.Edge.Storage.Nvme;
using EdgeCache.Edge.Storage.Pins;

namespace EdgeCache.Edge.Storage.Eviction;

/// <summary>How much outlives the eviction of a segment: the longer an append has waited for room, the less.</summary>
internal enum RetentionRound
{
    /// <summary>What was wanted, what organizations' floors need, and what is pinned.</summary>
    Wanted,

    /// <summary>What floors need and what is pinned.</summary>
    Floors,

    /// <summary>What is pinned. Floors that leave too little room for anything else can't be kept.</summary>
    Pinned,
}

/// <summary>What becomes of a chunk when its segment is evicted.</summary>
internal enum Fate
{
    /// <summary>It goes with its segment.</summary>
    Goes,

    /// <summary>It is written again, if that can be done.</summary>
    Survives,

    /// <summary>It is written again, or its segment stays.</summary>
    Stays,
}

/// <summary>
/// Decides over chunks and blocks when their segment is evicted: pins first, then the floors of organizations, then the policy, for which those of an
/// organization that has its cap were never touched.
/// </summary>
internal sealed class Retention(EvictionPolicy policy, OrganizationShares shares, PinTable? pins)
{
    /// <summary>The policy.</summary>
    public EvictionPolicy Policy => policy;

    /// <summary>The floors and caps.</summary>
    public OrganizationShares Shares => shares;

    /// <summary>Pinned objects; null: there are none.</summary>
    public PinTable? Pins => pins;

    /// <summary>The same for another log of the drive, with other ghosts.</summary>
    public Retention Beside(EvictionPolicy other) => new(other, shares, pins);

    /// <summary>Judges the chunks of a segment of the main log.</summary>
    public SegmentJudge JudgeMain(RetentionRound round)
    {
        var pass = shares.BeginPass();
        return new SegmentJudge(chunk => FateOf(chunk, round, pass, policy.Reinserts), pass);
    }

    /// <summary>Judges the chunks of a segment of the small log, whose survivors move to the main one; those that are there already go.</summary>
    public SegmentJudge JudgeSmall(RetentionRound round, Func<ChunkId, bool> isInMain)
    {
        var pass = shares.BeginPass();
        return new SegmentJudge(
            chunk =>
            {
                var fate = isInMain(chunk.Id) ? (Fate?)null : FateOf(chunk, round, pass, policy.Promotes);
                if (fate is null or not Fate.Goes)
                    pass.GiveCopy(chunk.Organization, chunk.RecordSize);
                return fate ?? Fate.Goes;
            },
            pass);
    }

    /// <summary>Judges one record of a segment that is about to go.</summary>
    public Fate Judge(
        RetentionRound round,
        OrganizationShares.FloorPass pass,
        bool pinned,
        ulong hash,
        ushort organization,
        int bytes,
        Touches touches,
        Func<ulong, int, int, bool> isWanted)
    {
        if (pinned)
        {
            policy.Rewrites(bytes);
            return Fate.Stays;
        }

        if (isWanted(hash, bytes, round == RetentionRound.Wanted && !shares.IsCapped(organization) ? touches.Count : 0))
            return Fate.Survives;
        if (round == RetentionRound.Pinned || pass.TryGive(organization, bytes))
            return Fate.Goes;

        policy.Rewrites(bytes);
        return Fate.Survives;
    }

    private Fate FateOf(StoredChunk chunk, RetentionRound round, OrganizationShares.FloorPass pass, Func<ulong, int, int, bool> isWanted) => Judge(
        round, pass, pins?.IsPinned(chunk.Id.Generation) == true, chunk.Id.Hash, chunk.Organization, chunk.RecordSize, chunk.Touches, isWanted);
}

/// <summary>Judges the chunks of one segment, in the order of the log; to be disposed once the segment is gone, or stays.</summary>
internal sealed class SegmentJudge(Func<StoredChunk, Fate> judge, IDisposable? pass = null) : IDisposable
{
    /// <summary>What becomes of a chunk; asked once of each.</summary>
    public Fate FateOf(StoredChunk chunk) => judge(chunk);

    /// <inheritdoc/>
    public void Dispose() => pass?.Dispose();
}
