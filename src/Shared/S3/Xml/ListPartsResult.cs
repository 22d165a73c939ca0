using EdgeCache.Shared.Checksums;
using EdgeCache.Shared.Replication;

namespace EdgeCache.Shared.S3.Xml;

/// <summary>The answer to <see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListParts.html">ListParts</see>.</summary>
public sealed record ListPartsResult
{
    /// <summary>The bucket.</summary>
    public required string Bucket { get; init; }

    /// <summary>The key.</summary>
    public required string Key { get; init; }

    /// <summary>The upload's id.</summary>
    public required string UploadId { get; init; }

    /// <summary>Who began the upload.</summary>
    public required S3Owner Initiator { get; init; }

    /// <summary>Who will own the object.</summary>
    public required S3Owner Owner { get; init; }

    /// <summary>The storage class of the object to be.</summary>
    public string StorageClass { get; init; } = S3StorageClass.Standard;

    /// <summary>The part number asked to start after; 0 for none.</summary>
    public int PartNumberMarker { get; init; }

    /// <summary>The last part number of the page.</summary>
    public int NextPartNumberMarker { get; init; }

    /// <summary>The page size in force.</summary>
    public int MaxParts { get; init; } = PageSize.Max;

    /// <summary>Whether more follows.</summary>
    public bool IsTruncated { get; init; }

    /// <summary>Whether keys are percent-encoded: <c>encoding-type=url</c>.</summary>
    public bool EncodeUrl { get; init; }

    /// <summary>The upload's checksum algorithm, if it has one.</summary>
    public ChecksumAlgorithm? ChecksumAlgorithm { get; init; }

    /// <summary>The upload's checksum type, if it has one.</summary>
    public ChecksumType? ChecksumType { get; init; }

    /// <summary>The parts of the page, by number.</summary>
    public IReadOnlyList<ListedPart> Parts { get; init; } = [];

    /// <summary>Writes the document.</summary>
    public byte[] Write() => S3XmlWriter.Document("ListPartsResult", this, static (w, result) =>
    {
        w.Text("Bucket", result.Bucket);
        new S3XmlKeys(w, result.EncodeUrl).Write("Key", result.Key);
        w.Text("UploadId", result.UploadId);
        result.Initiator.WriteTo(w, "Initiator");
        result.Owner.WriteTo(w, "Owner");
        w.Text("StorageClass", result.StorageClass);
        w.Number("PartNumberMarker", result.PartNumberMarker);
        w.Number("NextPartNumberMarker", result.NextPartNumberMarker);
        w.Number("MaxParts", result.MaxParts);
        w.Flag("IsTruncated", result.IsTruncated);
        w.ChecksumAlgorithm(result.ChecksumAlgorithm);
        w.ChecksumType(result.ChecksumType);
        foreach (var part in result.Parts)
        {
            w.Group("Part", part, static (w, p) =>
            {
                w.Number("PartNumber", p.PartNumber);
                w.Time("LastModified", p.LastModified);
                w.ETag(p.ETag);
                w.Number("Size", p.Size);
                w.ChecksumValue(p.Checksum);
            });
        }
    });
}

/// <summary>A row of <see cref="ListPartsResult"/>.</summary>
/// <param name="PartNumber">The part's number.</param>
/// <param name="LastModified">When it was uploaded.</param>
/// <param name="ETag">Its entity tag, without quotes.</param>
/// <param name="Size">Its length in bytes.</param>
/// <param name="Checksum">Its checksum, if it has one.</param>
public sealed record ListedPart(int PartNumber, DateTimeOffset LastModified, string ETag, long Size, ObjectChecksum? Checksum = null);
