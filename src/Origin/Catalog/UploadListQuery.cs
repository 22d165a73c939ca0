namespace EdgeCache.Origin.Catalog;

/// <summary>Which uploads to list.</summary>
internal sealed record UploadListQuery
{
    /// <summary>The bucket.</summary>
    public required long BucketId { get; init; }

    /// <summary>Only keys that begin with this.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>Keys with this string after the prefix are rolled up; empty for none.</summary>
    public string Delimiter { get; init; } = "";

    /// <summary>Only keys greater than this, or later uploads of this key when <see cref="UploadIdMarker"/> is given.</summary>
    public string KeyMarker { get; init; } = "";

    /// <summary>The last upload already listed of <see cref="KeyMarker"/>; empty when all of them were.</summary>
    public string UploadIdMarker { get; init; } = "";

    /// <summary>At most so many uploads and common prefixes together.</summary>
    public int MaxUploads { get; init; } = 1000;
}

/// <summary>A page of uploads: keys in byte order of UTF-8, the uploads of a key oldest first.</summary>
/// <param name="Uploads">The uploads in progress.</param>
/// <param name="CommonPrefixes">The prefixes that others were rolled up into.</param>
/// <param name="IsTruncated">Whether more follow.</param>
/// <param name="NextKeyMarker">The key or common prefix listed last; empty for an empty page.</param>
/// <param name="NextUploadIdMarker">The upload listed last; empty after a common prefix.</param>
internal sealed record UploadListPage(
    IReadOnlyList<StoredUpload> Uploads, IReadOnlyList<string> CommonPrefixes, bool IsTruncated, string NextKeyMarker, string NextUploadIdMarker);
