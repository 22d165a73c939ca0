namespace EdgeCache.Origin.Catalog;

/// <summary>
/// What must hold of the current version for a write or delete to happen, decided in the same transaction
/// (<see href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-requests.html">S3 conditional requests</see>).
/// </summary>
internal sealed record WriteCondition
{
    /// <summary>No condition.</summary>
    public static WriteCondition None { get; } = new();

    /// <summary>The current ETag must be this (unquoted), or any for <c>*</c>. A missing key is NoSuchKey, another ETag PreconditionFailed.</summary>
    public string? IfMatch { get; init; }

    /// <summary>The current ETag must not be this (unquoted); <c>*</c>: there must be no current version. Otherwise PreconditionFailed.</summary>
    public string? IfNoneMatch { get; init; }

    /// <summary>The current version's Last-Modified must be this, whole seconds.</summary>
    public DateTimeOffset? IfLastModified { get; init; }

    /// <summary>The current version's size must be this, in bytes.</summary>
    public long? IfSize { get; init; }
}
