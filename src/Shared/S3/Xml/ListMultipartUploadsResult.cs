using EdgeCache.Shared.Checksums;

namespace EdgeCache.Shared.S3.Xml;

/// <summary>The answer to <see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListMultipartUploads.html">ListMultipartUploads</see>.</summary>
public sealed record ListMultipartUploadsResult
{
    /// <summary>The bucket.</summary>
    public required string Bucket { get; init; }

    /// <summary>The key marker asked for; empty for none.</summary>
    public string KeyMarker { get; init; } = string.Empty;

    /// <summary>The upload id marker asked for; empty for none.</summary>
    public string UploadIdMarker { get; init; } = string.Empty;

    /// <summary>The key marker of the next page; null when there is none.</summary>
    public string? NextKeyMarker { get; init; }

    /// <summary>The upload id marker of the next page; null when there is none.</summary>
    public string? NextUploadIdMarker { get; init; }

    /// <summary>The prefix asked for; empty for none.</summary>
    public string Prefix { get; init; } = string.Empty;

    /// <summary>The delimiter asked for; empty for none.</summary>
    public string Delimiter { get; init; } = string.Empty;

    /// <summary>The page size in force.</summary>
    public int MaxUploads { get; init; } = PageSize.Max;

    /// <summary>Whether more follows.</summary>
    public bool IsTruncated { get; init; }

    /// <summary>Whether keys are percent-encoded: <c>encoding-type=url</c>.</summary>
    public bool EncodeUrl { get; init; }

    /// <summary>The uploads of the page, by key and then by age.</summary>
    public IReadOnlyList<ListedUpload> Uploads { get; init; } = [];

    /// <summary>The common prefixes of the page, in order.</summary>
    public IReadOnlyList<string> CommonPrefixes { get; init; } = [];

    /// <summary>Writes the document.</summary>
    public byte[] Write() => S3XmlWriter.Document("ListMultipartUploadsResult", this, static (w, result) =>
    {
        var keys = new S3XmlKeys(w, result.EncodeUrl);
        w.Text("Bucket", result.Bucket);
        keys.Write("KeyMarker", result.KeyMarker);
        w.Text("UploadIdMarker", result.UploadIdMarker);
        keys.Write("NextKeyMarker", result.NextKeyMarker);
        w.Text("NextUploadIdMarker", result.NextUploadIdMarker);
        keys.Write("Prefix", result.Prefix);
        keys.WriteDelimiter(result.Delimiter);
        keys.WriteEncodingType();
        w.Number("MaxUploads", result.MaxUploads);
        w.Flag("IsTruncated", result.IsTruncated);
        foreach (var upload in result.Uploads)
        {
            w.WriteStartElement("Upload");
            keys.Write("Key", upload.Key);
            w.Text("UploadId", upload.UploadId);
            upload.Initiator.WriteTo(w, "Initiator");
            upload.Owner.WriteTo(w, "Owner");
            w.Text("StorageClass", upload.StorageClass);
            w.Time("Initiated", upload.Initiated);
            w.ChecksumAlgorithm(upload.ChecksumAlgorithm);
            w.ChecksumType(upload.ChecksumType);
            w.WriteEndElement();
        }

        keys.WriteCommonPrefixes(result.CommonPrefixes);
    });
}

/// <summary>A row of <see cref="ListMultipartUploadsResult"/>.</summary>
/// <param name="Key">The key.</param>
/// <param name="UploadId">The upload's id.</param>
/// <param name="Initiator">Who began it.</param>
/// <param name="Owner">Who will own the object.</param>
/// <param name="StorageClass">The storage class of the object to be.</param>
/// <param name="Initiated">When it began.</param>
/// <param name="ChecksumAlgorithm">Its checksum algorithm, if it has one.</param>
/// <param name="ChecksumType">Its checksum type, if it has one.</param>
public sealed record ListedUpload(
    string Key,
    string UploadId,
    S3Owner Initiator,
    S3Owner Owner,
    string StorageClass,
    DateTimeOffset Initiated,
    ChecksumAlgorithm? ChecksumAlgorithm = null,
    ChecksumType? ChecksumType = null);
