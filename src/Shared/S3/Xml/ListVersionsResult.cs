using System.Xml;
using EdgeCache.Shared.Checksums;

namespace EdgeCache.Shared.S3.Xml;

/// <summary>The answer to <see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html">ListObjectVersions</see>.</summary>
public sealed record ListVersionsResult
{
    /// <summary>The bucket.</summary>
    public required string Name { get; init; }

    /// <summary>The prefix asked for; empty for none.</summary>
    public string Prefix { get; init; } = string.Empty;

    /// <summary>The delimiter asked for; empty for none.</summary>
    public string Delimiter { get; init; } = string.Empty;

    /// <summary>The key marker asked for; empty for none.</summary>
    public string KeyMarker { get; init; } = string.Empty;

    /// <summary>The version id marker asked for; empty for none.</summary>
    public string VersionIdMarker { get; init; } = string.Empty;

    /// <summary>The key marker of the next page; null when there is none.</summary>
    public string? NextKeyMarker { get; init; }

    /// <summary>The version id marker of the next page; null when there is none.</summary>
    public string? NextVersionIdMarker { get; init; }

    /// <summary>The page size in force.</summary>
    public int MaxKeys { get; init; } = PageSize.Max;

    /// <summary>Whether more follows.</summary>
    public bool IsTruncated { get; init; }

    /// <summary>Whether keys are percent-encoded: <c>encoding-type=url</c>.</summary>
    public bool EncodeUrl { get; init; }

    /// <summary>Versions and delete markers, by key, newest first.</summary>
    public IReadOnlyList<VersionEntry> Versions { get; init; } = [];

    /// <summary>The common prefixes of the page, in order.</summary>
    public IReadOnlyList<string> CommonPrefixes { get; init; } = [];

    /// <summary>Writes the document.</summary>
    public byte[] Write() => S3XmlWriter.Document("ListVersionsResult", this, static (w, result) =>
    {
        var keys = new S3XmlKeys(w, result.EncodeUrl);
        w.Text("Name", result.Name);
        keys.Write("Prefix", result.Prefix);
        keys.Write("KeyMarker", result.KeyMarker);
        w.Text("VersionIdMarker", result.VersionIdMarker);
        keys.Write("NextKeyMarker", result.NextKeyMarker);
        w.Text("NextVersionIdMarker", result.NextVersionIdMarker);
        w.Number("MaxKeys", result.MaxKeys);
        keys.WriteDelimiter(result.Delimiter);
        keys.WriteEncodingType();
        w.Flag("IsTruncated", result.IsTruncated);
        foreach (var entry in result.Versions)
        {
            WriteEntry(w, keys, entry);
        }

        keys.WriteCommonPrefixes(result.CommonPrefixes);
    });

    private static void WriteEntry(XmlWriter writer, S3XmlKeys keys, VersionEntry entry)
    {
        writer.WriteStartElement(entry.IsDeleteMarker ? "DeleteMarker" : "Version");
        keys.Write("Key", entry.Key);
        writer.Text("VersionId", entry.VersionId.Length == 0 ? "null" : entry.VersionId);
        writer.Flag("IsLatest", entry.IsLatest);
        writer.Time("LastModified", entry.LastModified);
        if (!entry.IsDeleteMarker)
        {
            writer.ETag(entry.ETag);
            writer.ChecksumAlgorithm(entry.ChecksumAlgorithm);
            writer.ChecksumType(entry.ChecksumType);
            writer.Number("Size", entry.Size);
            writer.Text("StorageClass", entry.StorageClass);
        }

        entry.Owner.WriteTo(writer, "Owner");
        writer.WriteEndElement();
    }
}

/// <summary>A row of <see cref="ListVersionsResult"/>: a version or a delete marker.</summary>
public sealed record VersionEntry
{
    /// <summary>The key.</summary>
    public required string Key { get; init; }

    /// <summary>The version id; empty is written as <c>null</c>, the version of a bucket that was never versioned.</summary>
    public required string VersionId { get; init; }

    /// <summary>Whether this is the key's current version.</summary>
    public bool IsLatest { get; init; }

    /// <summary>Whether this is a delete marker; then size, tag, class and checksum are left out.</summary>
    public bool IsDeleteMarker { get; init; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset LastModified { get; init; }

    /// <summary>The entity tag, without quotes.</summary>
    public string ETag { get; init; } = string.Empty;

    /// <summary>The length in bytes.</summary>
    public long Size { get; init; }

    /// <summary>The storage class.</summary>
    public string StorageClass { get; init; } = S3StorageClass.Standard;

    /// <summary>The owner.</summary>
    public required S3Owner Owner { get; init; }

    /// <summary>The algorithm of its checksum, if it has one.</summary>
    public ChecksumAlgorithm? ChecksumAlgorithm { get; init; }

    /// <summary>The type of its checksum, if it has one.</summary>
    public ChecksumType? ChecksumType { get; init; }
}
