using EdgeCache.Shared.S3.Encryption;

namespace EdgeCache.Shared.S3.Xml;

/// <summary>
/// The document of <see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketEncryption.html">GetBucketEncryption</see> and
/// <see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketEncryption.html">PutBucketEncryption</see>: new objects are encrypted with the
/// store's keys.
/// </summary>
public sealed record ServerSideEncryptionConfiguration
{
    private ServerSideEncryptionConfiguration()
    {
    }

    /// <summary>The one configuration that there is.</summary>
    public static ServerSideEncryptionConfiguration Instance { get; } = new();

    /// <summary>Writes the document.</summary>
    public byte[] Write() => S3XmlWriter.Document("ServerSideEncryptionConfiguration", this, static (w, state) =>
        w.Group("Rule", state, static (w, state) =>
        {
            w.Group("ApplyServerSideEncryptionByDefault", state, static (w, _) => w.Text("SSEAlgorithm", EncryptionHeaders.Aes256));
            w.Flag("BucketKeyEnabled", false);
        }));

    /// <summary>Reads the body: MalformedXML when it is not one rule with an algorithm, NotImplemented for an external KMS.</summary>
    public static ValueTask<(ServerSideEncryptionConfiguration? Value, S3Error? Error)> ReadAsync(Stream body, CancellationToken cancellationToken) =>
        S3XmlBody.ReadAsync(body, S3XmlBody.DefaultMaxBytes, Parse, cancellationToken);

    internal static (ServerSideEncryptionConfiguration? Value, S3Error? Error) Parse(ReadOnlyMemory<byte> document)
    {
        var wantsKms = false;
        var value = S3XmlCursor.Parse(document, "ServerSideEncryptionConfiguration", cursor =>
        {
            string? algorithm = null;
            foreach (var child in cursor.Children())
            {
                if (child != "Rule" || algorithm is not null || (algorithm = ReadRule(cursor)) is null)
                {
                    return null;
                }
            }

            wantsKms = algorithm is "aws:kms" or "aws:kms:dsse";
            return wantsKms || algorithm == EncryptionHeaders.Aes256 ? Instance : null;
        });
        return value is null ? (null, S3XmlBody.Malformed)
            : wantsKms ? (null, new S3Error(S3ErrorCode.NotImplemented, "This store has no KMS: use AES256."))
            : (value, null);
    }

    private static string? ReadRule(S3XmlCursor cursor)
    {
        string? algorithm = null;
        foreach (var child in cursor.Children())
        {
            if (child == "ApplyServerSideEncryptionByDefault")
            {
                foreach (var item in cursor.Children())
                {
                    if (item == "SSEAlgorithm")
                    {
                        algorithm = cursor.Text();
                    }
                }
            }
        }

        return algorithm;
    }
}
