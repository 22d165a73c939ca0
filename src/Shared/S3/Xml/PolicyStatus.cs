namespace EdgeCache.Shared.S3.Xml;

/// <summary>The answer to <see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketPolicyStatus.html">GetBucketPolicyStatus</see>.</summary>
public static class PolicyStatus
{
    /// <summary>Writes the document.</summary>
    public static byte[] Write(bool isPublic) => S3XmlWriter.Document("PolicyStatus", isPublic, static (w, value) => w.Flag("IsPublic", value));
}
