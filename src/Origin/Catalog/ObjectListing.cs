using EdgeCache.Shared.Checksums;

namespace EdgeCache.Origin.Catalog;

/// <summary>Which current objects to list.</summary>
internal sealed record ObjectListQuery
{
    /// <summary>The bucket.</summary>
    public required long BucketId { get; init; }

    /// <summary>Only keys that begin with this.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>Keys with this string after the prefix are rolled up; empty for none.</summary>
    public string Delimiter { get; init; } = "";

    /// <summary>Only keys greater than this; a common prefix of the page before means to go on behind it. Empty from the start.</summary>
    public string After { get; init; } = "";

    /// <summary>At most so many keys and common prefixes together.</summary>
    public int MaxKeys { get; init; } = 1000;
}

/// <summary>A page of objects, in byte order of UTF-8.</summary>
/// <param name="Objects">The objects.</param>
/// <param name="CommonPrefixes">The prefixes that others were rolled up into.</param>
/// <param name="IsTruncated">Whether more follow.</param>
/// <param name="Next">Where the next page begins after: the greatest key or common prefix of this page; empty for an empty page.</param>
internal sealed record ObjectListPage(
    IReadOnlyList<ListedVersion> Objects, IReadOnlyList<string> CommonPrefixes, bool IsTruncated, string Next);

/// <summary>Which versions to list.</summary>
internal sealed record VersionListQuery
{
    /// <summary>The bucket.</summary>
    public required long BucketId { get; init; }

    /// <summary>Only keys that begin with this.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>Keys with this string after the prefix are rolled up; empty for none.</summary>
    public string Delimiter { get; init; } = "";

    /// <summary>Only keys greater than this, or older versions of this key when <see cref="VersionIdMarker"/> is given.</summary>
    public string KeyMarker { get; init; } = "";

    /// <summary>The last version already listed of <see cref="KeyMarker"/>; empty when all of them were.</summary>
    public string VersionIdMarker { get; init; } = "";

    /// <summary>At most so many versions and common prefixes together.</summary>
    public int MaxKeys { get; init; } = 1000;
}

/// <summary>A page of versions: keys in byte order of UTF-8, the versions of a key newest first.</summary>
/// <param name="Versions">The versions and delete markers.</param>
/// <param name="CommonPrefixes">The prefixes that others were rolled up into.</param>
/// <param name="IsTruncated">Whether more follow.</param>
/// <param name="NextKeyMarker">The key or common prefix listed last; empty for an empty page.</param>
/// <param name="NextVersionIdMarker">The version listed last; empty after a common prefix.</param>
internal sealed record VersionListPage(
    IReadOnlyList<ListedVersion> Versions, IReadOnlyList<string> CommonPrefixes, bool IsTruncated, string NextKeyMarker, string NextVersionIdMarker);

/// <summary>What a listing tells of a version.</summary>
/// <param name="Key">The object's key.</param>
/// <param name="VersionId">The version id; <c>null</c> (the text) for the null version, also in a bucket that was never versioned.</param>
/// <param name="IsLatest">Whether it is the newest of its key.</param>
/// <param name="IsDeleteMarker">Whether it only marks the key as deleted.</param>
/// <param name="Size">Its length in bytes.</param>
/// <param name="ETag">The entity tag without quotes.</param>
/// <param name="LastModified">When it was created, whole seconds.</param>
/// <param name="StorageClass">The storage class.</param>
/// <param name="OwnerOrganizationId">Who owns it.</param>
/// <param name="ChecksumAlgorithm">The algorithm of its checksum, if it has one.</param>
/// <param name="ChecksumType">What its checksum covers.</param>
internal sealed record ListedVersion(
    string Key,
    string VersionId,
    bool IsLatest,
    bool IsDeleteMarker,
    long Size,
    string ETag,
    DateTimeOffset LastModified,
    string StorageClass,
    string OwnerOrganizationId,
    ChecksumAlgorithm? ChecksumAlgorithm,
    ChecksumType? ChecksumType);
