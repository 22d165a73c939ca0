using EdgeCache.Shared.Replication;

namespace EdgeCache.Shared.S3.Xml;

/// <summary>The answer to <see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateMultipartUpload.html">CreateMultipartUpload</see>.</summary>
/// <param name="Bucket">The bucket.</param>
/// <param name="Key">The key.</param>
/// <param name="UploadId">The upload's id.</param>
public sealed record InitiateMultipartUploadResult(string Bucket, string Key, string UploadId)
{
    /// <summary>Writes the document.</summary>
    public byte[] Write() => S3XmlWriter.Document("InitiateMultipartUploadResult", this, static (w, result) =>
    {
        w.Text("Bucket", result.Bucket);
        w.Text("Key", result.Key);
        w.Text("UploadId", result.UploadId);
    });
}

/// <summary>The answer to <see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html">CompleteMultipartUpload</see>.</summary>
/// <param name="Location">The object's URL.</param>
/// <param name="Bucket">The bucket.</param>
/// <param name="Key">The key.</param>
/// <param name="ETag">The object's entity tag, without quotes.</param>
/// <param name="Checksum">The object's checksum, if it has one.</param>
public sealed record CompleteMultipartUploadResult(string Location, string Bucket, string Key, string ETag, ObjectChecksum? Checksum)
{
    /// <summary>Writes the document.</summary>
    public byte[] Write() => S3XmlWriter.Document("CompleteMultipartUploadResult", this, static (w, result) =>
    {
        w.Text("Location", result.Location);
        w.Text("Bucket", result.Bucket);
        w.Text("Key", result.Key);
        w.ETag(result.ETag);
        w.Checksum(result.Checksum);
    });
}

/// <summary>The answer to <see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html">CopyObject</see>.</summary>
/// <param name="ETag">The new object's entity tag, without quotes.</param>
/// <param name="LastModified">When it was made.</param>
/// <param name="Checksum">Its checksum, if it has one.</param>
public sealed record CopyObjectResult(string ETag, DateTimeOffset LastModified, ObjectChecksum? Checksum)
{
    /// <summary>Writes the document.</summary>
    public byte[] Write() => S3XmlWriter.Document("CopyObjectResult", this, static (w, result) =>
    {
        w.Time("LastModified", result.LastModified);
        w.ETag(result.ETag);
        w.Checksum(result.Checksum);
    });
}

/// <summary>The answer to <see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPartCopy.html">UploadPartCopy</see>.</summary>
/// <param name="ETag">The part's entity tag, without quotes.</param>
/// <param name="LastModified">When it was made.</param>
/// <param name="Checksum">Its checksum, if it has one.</param>
public sealed record CopyPartResult(string ETag, DateTimeOffset LastModified, ObjectChecksum? Checksum)
{
    /// <summary>Writes the document.</summary>
    public byte[] Write() => S3XmlWriter.Document("CopyPartResult", this, static (w, result) =>
    {
        w.Time("LastModified", result.LastModified);
        w.ETag(result.ETag);
        w.ChecksumValue(result.Checksum);
    });
}
