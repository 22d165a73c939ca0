using System.Xml;
using EdgeCache.Shared.Checksums;

namespace EdgeCache.Shared.S3.Xml;

/// <summary>What the answers to <see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjects.html">ListObjects</see> and
/// <see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html">ListObjectsV2</see> have in common.</summary>
public abstract record ListBucketResult
{
    /// <summary>The bucket.</summary>
    public required string Name { get; init; }

    /// <summary>The prefix asked for; empty for none.</summary>
    public string Prefix { get; init; } = string.Empty;

    /// <summary>The delimiter asked for; empty for none.</summary>
    public string Delimiter { get; init; } = string.Empty;

    /// <summary>The page size in force.</summary>
    public int MaxKeys { get; init; } = PageSize.Max;

    /// <summary>Whether more follows.</summary>
    public bool IsTruncated { get; init; }

    /// <summary>Whether keys are percent-encoded: <c>encoding-type=url</c>.</summary>
    public bool EncodeUrl { get; init; }

    /// <summary>The objects of the page, by key.</summary>
    public IReadOnlyList<ListedObject> Contents { get; init; } = [];

    /// <summary>The common prefixes of the page, in order.</summary>
    public IReadOnlyList<string> CommonPrefixes { get; init; } = [];

    /// <summary>Writes the document.</summary>
    public byte[] Write() => S3XmlWriter.Document("ListBucketResult", this, static (w, result) =>
    {
        var keys = new S3XmlKeys(w, result.EncodeUrl);
        w.Text("Name", result.Name);
        result.WritePaging(w, keys);
        w.Number("MaxKeys", result.MaxKeys);
        keys.WriteDelimiter(result.Delimiter);
        keys.WriteEncodingType();
        w.Flag("IsTruncated", result.IsTruncated);
        foreach (var item in result.Contents)
        {
            w.WriteStartElement("Contents");
            keys.Write("Key", item.Key);
            w.Time("LastModified", item.LastModified);
            w.ETag(item.ETag);
            w.ChecksumAlgorithm(item.ChecksumAlgorithm);
            w.ChecksumType(item.ChecksumType);
            w.Number("Size", item.Size);
            w.Text("StorageClass", item.StorageClass);
            item.Owner?.WriteTo(w, "Owner");
            w.WriteEndElement();
        }

        keys.WriteCommonPrefixes(result.CommonPrefixes);
    });

    private protected abstract void WritePaging(XmlWriter writer, S3XmlKeys keys);
}

/// <summary>The answer to ListObjects.</summary>
public sealed record ListBucketResultV1 : ListBucketResult
{
    /// <summary>The marker asked for; empty for none.</summary>
    public string Marker { get; init; } = string.Empty;

    /// <summary>Where the next page starts; null when the last key tells it.</summary>
    public string? NextMarker { get; init; }

    private protected override void WritePaging(XmlWriter writer, S3XmlKeys keys)
    {
        // Alone of all names here: clients decode every other but not this one (botocore's handlers).
        writer.Text("Prefix", Prefix);
        keys.Write("Marker", Marker);
        keys.Write("NextMarker", NextMarker);
    }
}

/// <summary>The answer to ListObjectsV2.</summary>
public sealed record ListBucketResultV2 : ListBucketResult
{
    /// <summary>The token asked for; null when none was.</summary>
    public string? ContinuationToken { get; init; }

    /// <summary>The token of the next page; null when there is none.</summary>
    public string? NextContinuationToken { get; init; }

    /// <summary>The key asked to start after; null when none was.</summary>
    public string? StartAfter { get; init; }

    private protected override void WritePaging(XmlWriter writer, S3XmlKeys keys)
    {
        keys.Write("Prefix", Prefix);
        writer.Text("ContinuationToken", ContinuationToken);
        writer.Text("NextContinuationToken", NextContinuationToken);
        keys.Write("StartAfter", StartAfter);
        writer.Number("KeyCount", Contents.Count + CommonPrefixes.Count);
    }
}

/// <summary>A row of <see cref="ListBucketResult"/>.</summary>
/// <param name="Key">The object's key.</param>
/// <param name="LastModified">When it was last modified.</param>
/// <param name="ETag">Its entity tag, without quotes.</param>
/// <param name="Size">Its length in bytes.</param>
/// <param name="StorageClass">Its storage class.</param>
/// <param name="Owner">Its owner; null to leave it out (V2 without fetch-owner).</param>
/// <param name="ChecksumAlgorithm">The algorithm of its checksum, if it has one.</param>
/// <param name="ChecksumType">The type of its checksum, if it has one.</param>
public sealed record ListedObject(
    string Key,
    DateTimeOffset LastModified,
    string ETag,
    long Size,
    string StorageClass,
    S3Owner? Owner = null,
    ChecksumAlgorithm? ChecksumAlgorithm = null,
    ChecksumType? ChecksumType = null);
