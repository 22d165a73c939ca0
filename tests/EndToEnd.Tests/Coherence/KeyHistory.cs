namespace EdgeCache.EndToEnd.Tests.Coherence;

/// <summary>A write of a key: a new body or a deletion. Times are those of one monotonic clock.</summary>
/// <param name="Id">Its number, unique for the key and positive.</param>
/// <param name="Start">Before the request was sent.</param>
/// <param name="End">After its success was heard; null when it is not known whether and when it took effect.</param>
/// <param name="ETag">The entity tag that the body has; null for a deletion.</param>
/// <param name="Marker">The version id of the delete marker that a deletion made; null when unknown or none.</param>
internal sealed record WriteOperation(long Id, TimeSpan Start, TimeSpan? End, string? ETag, string? Marker = null)
{
    public bool IsDelete => ETag is null;
}

/// <summary>A read of a key.</summary>
/// <param name="Start">Before the request was sent.</param>
/// <param name="End">After the answer was complete.</param>
/// <param name="Write">The write whose body was read; null when there was no object.</param>
/// <param name="ETag">The entity tag of the answer; null when there was no object.</param>
/// <param name="Marker">The version id of the delete marker that was told, if one was.</param>
/// <param name="Stale">How stale the answer said it may be; null when it said nothing of the kind.</param>
/// <param name="Where">Who answered, for a person to read.</param>
internal sealed record ReadOperation(TimeSpan Start, TimeSpan End, long? Write, string? ETag, string? Marker, TimeSpan? Stale, string Where);

/// <summary>All that happened to one key.</summary>
/// <param name="Name">The key, for a person to read.</param>
/// <param name="IsStrong">Whether reads must be linearizable.</param>
/// <param name="Writes">The writes whose effect is known or possible, in any order; the key does not exist before the first.</param>
/// <param name="Reads">The reads that succeeded, in any order.</param>
internal sealed record KeyHistory(string Name, bool IsStrong, IReadOnlyList<WriteOperation> Writes, IReadOnlyList<ReadOperation> Reads);

/// <summary>Something that must not happen.</summary>
internal sealed record Violation(string Key, string What)
{
    public override string ToString() => $"{Key}: {What}";
}
