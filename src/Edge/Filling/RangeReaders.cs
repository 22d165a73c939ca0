using EdgeCache.Edge.Authorization;
using EdgeCache.Edge.Hosting;
using EdgeCache.Edge.Pipeline;
using EdgeCache.Edge.Storage;
using EdgeCache.Edge.Storage.Eviction;
using EdgeCache.Edge.Storage.Nvme;
using EdgeCache.Edge.Upstream;
using EdgeCache.Shared.Http;
using EdgeCache.Shared.Primitives;
using EdgeCache.Shared.S3;

namespace EdgeCache.Edge.Filling;

/// <summary>Opens readers of what a caller was authorised to read.</summary>
internal sealed class RangeReaders(ChunkCache store, FillTable fills, Prefetcher prefetcher, Headstarts headstarts, FillOptions options, EdgeMetrics metrics)
{
    private readonly ReadPatterns _patterns = new();
    private readonly long _maxReadAhead = ByteSize.Parse(options.MaxReadAhead);

    /// <summary>What may ask for the first bytes of a range before the version is known; the caller disposes it.</summary>
    /// <param name="region">The bucket's home region.</param>
    /// <param name="bucket">The bucket.</param>
    /// <param name="key">The key.</param>
    /// <param name="range">The Range header, if any.</param>
    public Headstart Headstart(Region region, string bucket, string key, string? range) => new(headstarts, region, bucket, key, range);

    /// <summary>A reader of the plan's bytes; the caller disposes it.</summary>
    /// <param name="read">What may be read.</param>
    /// <param name="plan">Which bytes.</param>
    /// <param name="reader">A hash of who reads: eviction tells readers apart.</param>
    public RangeReader Open(AuthorisedRead read, in ObjectReadPlan plan, byte reader)
    {
        var target = TargetOf(read);
        var version = read.Version;
        var pattern = version.Size > ChunkGeometry.PayloadSize ? _patterns.Begin(version.Generation, reader, plan.Offset, plan.Length) : default;
        return Open(target, new ByteRange(plan.Offset, plan.Length), pattern, reader);
    }

    /// <summary>Has the whole object fetched, if there is place, and tells what of it is here now.</summary>
    /// <param name="read">What may be read; not empty.</param>
    /// <param name="reader">A hash of who asks.</param>
    public (ChunkPresence Presence, Absence Why) Prefetch(AuthorisedRead read, byte reader)
    {
        var target = TargetOf(read);
        using var survey = Open(target, new ByteRange(0, read.Version.Size), default, reader);
        var presence = survey.Survey();
        if (presence != ChunkPresence.All)
        {
            prefetcher.TryAdd(target);
        }

        return (presence, survey.WhyAbsent);
    }

    /// <summary>A reader of what another edge asks for, with nothing fetched beyond it; the caller disposes it.</summary>
    /// <param name="target">What it is part of.</param>
    /// <param name="range">Bytes of the object, within one chunk.</param>
    /// <param name="reader">A hash of who asks.</param>
    public RangeReader OpenForPeer(FillTarget target, in ByteRange range, byte reader) => Open(target, range, default, reader);

    private RangeReader Open(FillTarget target, in ByteRange range, ReadPattern pattern, byte reader)
    {
        var scope = new ReadScope(target.Version.Size, range, pattern);
        var ahead = new ReadAhead(store, fills, target, reader, range, _patterns, pattern, _maxReadAhead);
        return new RangeReader(store, fills, target, reader, range, scope, ahead, new BlockReads(store, fills, target, reader, scope), metrics);
    }

    private static FillTarget TargetOf(AuthorisedRead read)
    {
        var organization = read.Caller.Principal.OrganizationId;
        return new(read.Version, read.Region, organization is { Length: > 0 } ? organization : read.Version.OwnerOrganizationId, FillPriority.Foreground);
    }
}
