namespace EdgeCache.Shared.S3.Encryption;

/// <summary>How the bytes of a version are encrypted where they are stored.</summary>
public enum ObjectEncryption
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>With a key of the store (<see href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingServerSideEncryption.html">SSE-S3</see>): whoever may read gets the plain bytes.</summary>
    ServerKey,

    /// <summary>With a key that the client brings with each request (<see href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerSideEncryptionCustomerKeys.html">SSE-C</see>).</summary>
    CustomerKey,
}
