namespace EdgeCache.Origin.Operations.Bodies;

/// <summary>The limits of uploads (<see href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html">S3 limits</see>).</summary>
internal static class UploadLimits
{
    /// <summary>The largest body of one PUT or part, in bytes.</summary>
    public const long MaxBodyLength = 5L << 30;

    /// <summary>The size of the pieces in which stored bytes are read and sent, or hashed and copied, in bytes.</summary>
    public const int PieceSize = 256 * 1024;

    /// <summary>The largest XML document read from a request, in bytes.</summary>
    public const int MaxDocumentLength = 4 * 1024 * 1024;
}
