using EdgeCache.Shared.S3;

namespace EdgeCache.Origin.Pipeline;

/// <summary>One object of a request that names many, for the records.</summary>
/// <param name="Key">The key, as the request names it.</param>
/// <param name="VersionId">The version id that the request names.</param>
internal sealed record BatchEntry(string Key, string? VersionId)
{
    /// <summary>What was decided about it; null until it was.</summary>
    public DecidedAction? Decided { get; set; }

    /// <summary>Whether it came to an end: without one, nothing was done of it that anybody was told.</summary>
    public bool IsDone { get; private set; }

    /// <summary>Why it was not done; null on success.</summary>
    public S3Error? Error { get; private set; }

    /// <summary>Whether what was made or removed is a delete marker.</summary>
    public bool IsDeleteMarker { get; private set; }

    /// <summary>The version that was made or removed; empty in buckets that keep none.</summary>
    public string ResultVersionId { get; private set; } = string.Empty;

    public void Fail(S3Error error) => (Error, IsDone) = (error, true);

    public void Succeed(string resultVersionId, bool isDeleteMarker) => (ResultVersionId, IsDeleteMarker, IsDone) = (resultVersionId, isDeleteMarker, true);
}
