namespace EdgeCache.Edge.Administration.Warming;

/// <summary>What is to be fetched before anybody asks for it: exactly one of prefix, keys and index.</summary>
/// <param name="Bucket">The bucket.</param>
/// <param name="Prefix">All objects whose keys begin with it; the empty prefix is the whole bucket.</param>
/// <param name="Keys">These objects.</param>
/// <param name="Index">The key of a safetensors index (<c>*.safetensors.index.json</c>): itself and the shards that it names.</param>
/// <param name="DeadlineSeconds">After so many seconds what is not done is left; 1 to 7 days; without a limit when absent.</param>
/// <param name="PinSeconds">For so many seconds from the start everything is pinned; not at all when absent.</param>
internal sealed record WarmRequest(string? Bucket, string? Prefix, IReadOnlyList<string>? Keys, string? Index, long? DeadlineSeconds, long? PinSeconds)
{
    /// <summary>The longest deadline and pin, in seconds.</summary>
    public const long MaxSeconds = 7 * 24 * 3600;

    /// <summary>Checks what can be told without asking anybody.</summary>
    /// <exception cref="AdminException">400.</exception>
    public void Validate()
    {
        if ((Prefix is null ? 0 : 1) + (Keys is null ? 0 : 1) + (Index is null ? 0 : 1) != 1)
        {
            throw AdminException.Invalid("Exactly one of 'prefix', 'keys' and 'index' is needed.");
        }

        if (Keys is { Count: 0 } || Keys?.Any(string.IsNullOrEmpty) == true || Index is { Length: 0 })
        {
            throw AdminException.Invalid("A key is empty, or there is none.");
        }

        if (DeadlineSeconds is < 1 or > MaxSeconds || PinSeconds is < 1 or > MaxSeconds)
        {
            throw AdminException.Invalid($"'deadlineSeconds' and 'pinSeconds' must lie between 1 and {MaxSeconds}.");
        }
    }
}

/// <summary>Where a warm-up stands.</summary>
internal enum WarmState
{
    /// <summary>It waits for its turn.</summary>
    Queued,

    /// <summary>It finds out which objects there are.</summary>
    Listing,

    /// <summary>It fetches.</summary>
    Running,

    /// <summary>It ended with every byte in the cache.</summary>
    Complete,

    /// <summary>It ended, and something is not in the cache: missing objects, failed fetches, or too little room.</summary>
    Incomplete,

    /// <summary>An operator ended it.</summary>
    Cancelled,

    /// <summary>Its deadline ended it.</summary>
    Expired,

    /// <summary>It could not be carried out; the error says why.</summary>
    Failed,
}

/// <summary>A warm-up, as it stands.</summary>
/// <param name="Id">Its name in this API.</param>
/// <param name="Bucket">The bucket.</param>
/// <param name="State">Where it stands.</param>
/// <param name="By">The token that asked for it.</param>
/// <param name="CreatedAt">When it was asked for.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="EndedAt">When it ended.</param>
/// <param name="DeadlineAt">When it is ended.</param>
/// <param name="Objects">How many objects belong to it, as far as they are listed.</param>
/// <param name="ObjectsDone">How many are done with, for good or bad.</param>
/// <param name="Bytes">The sizes of its objects together.</param>
/// <param name="BytesDone">How many of them were found here or fetched.</param>
/// <param name="BytesPerSecond">The average rate of fetching since it began.</param>
/// <param name="SecondsLeft">How long it will take at that rate.</param>
/// <param name="ResidentBytes">Counted after its end, or after each pass: how many of the bytes are in the cache.</param>
/// <param name="Error">Why it failed, or the first of the things that went wrong.</param>
internal sealed record WarmStatus(
    string Id,
    string Bucket,
    WarmState State,
    string By,
    DateTimeOffset CreatedAt,
    DateTimeOffset? StartedAt,
    DateTimeOffset? EndedAt,
    DateTimeOffset? DeadlineAt,
    int Objects,
    int ObjectsDone,
    long Bytes,
    long BytesDone,
    double? BytesPerSecond,
    double? SecondsLeft,
    long? ResidentBytes,
    string? Error);

/// <summary>The warm-ups that this edge knows of, newest first.</summary>
internal sealed record WarmList(IReadOnlyList<WarmStatus> Jobs);

/// <summary>An object of a warm-up, with the proof of its residency.</summary>
/// <param name="Key">The key.</param>
/// <param name="VersionId">The version that was fetched; absent when there is none.</param>
/// <param name="Generation">The identity of its bytes.</param>
/// <param name="Size">Its length, in bytes.</param>
/// <param name="ResidentBytes">How many of them are in the cache at this moment.</param>
/// <param name="Error">What went wrong with it.</param>
internal sealed record WarmObjectDocument(string Key, string? VersionId, string? Generation, long Size, long ResidentBytes, string? Error);

/// <summary>A page of a warm-up's objects.</summary>
/// <param name="Id">The warm-up.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Objects">The objects.</param>
/// <param name="Next">What to give as <c>after</c> for the next page; absent on the last.</param>
internal sealed record WarmObjectPage(string Id, WarmState State, IReadOnlyList<WarmObjectDocument> Objects, int? Next);
