using System.Xml;

namespace EdgeCache.Shared.S3.Xml;

/// <summary>
/// What S3 answers about the settings of a bucket that nobody configured. This store cannot configure them yet, so these answers are always the true ones,
/// and clients that look before they act (such as <c>s3cmd info</c>) work.
/// </summary>
public static class BucketSettingAnswers
{
    /// <summary>The document or the error for a setting of <paramref name="bucket"/>; both null for other operations.</summary>
    public static (byte[]? Body, S3Error? Error) For(S3Operation operation, string bucket) => operation switch
    {
        S3Operation.GetBucketLogging => (Empty("BucketLoggingStatus"), null),
        S3Operation.GetBucketNotificationConfiguration => (Empty("NotificationConfiguration"), null),
        S3Operation.GetBucketReplication => None(S3ErrorCode.ReplicationConfigurationNotFoundError, bucket),
        _ => (null, null),
    };

    private static byte[] Empty(string root) => S3XmlWriter.Document(root, 0, static (XmlWriter _, int _) => { });

    private static (byte[]? Body, S3Error? Error) None(S3ErrorCode code, string bucket) => (null, new S3Error(code, null, [new("BucketName", bucket)]));
}
