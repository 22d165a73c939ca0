using EdgeCache.Shared.Iam;

namespace EdgeCache.Shared.S3.Xml;

/// <summary>
/// The document of <see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetPublicAccessBlock.html">GetPublicAccessBlock</see> and
/// <see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutPublicAccessBlock.html">PutPublicAccessBlock</see>.
/// </summary>
public static class PublicAccessBlockConfiguration
{
    private const string Root = "PublicAccessBlockConfiguration";

    /// <summary>Writes the document.</summary>
    public static byte[] Write(PublicAccessBlock block) => S3XmlWriter.Document(Root, block, static (w, b) =>
    {
        w.Flag("BlockPublicAcls", b.BlockPublicAcls);
        w.Flag("IgnorePublicAcls", b.IgnorePublicAcls);
        w.Flag("BlockPublicPolicy", b.BlockPublicPolicy);
        w.Flag("RestrictPublicBuckets", b.RestrictPublicBuckets);
    });

    /// <summary>Reads the body; what it does not name is off. MalformedXML when it names something else or a value is neither true nor false.</summary>
    public static ValueTask<(PublicAccessBlock? Value, S3Error? Error)> ReadAsync(Stream body, CancellationToken cancellationToken) =>
        S3XmlBody.ReadAsync(body, S3XmlBody.DefaultMaxBytes, Parse, cancellationToken);

    internal static (PublicAccessBlock? Value, S3Error? Error) Parse(ReadOnlyMemory<byte> document)
    {
        var value = S3XmlCursor.Parse(document, Root, static cursor =>
        {
            var block = PublicAccessBlock.None;
            foreach (var child in cursor.Children())
            {
                if (!TryReadFlag(cursor.Text(), out var flag))
                {
                    return null;
                }

                switch (child)
                {
                    case "BlockPublicAcls":
                        block = block with { BlockPublicAcls = flag };
                        break;
                    case "IgnorePublicAcls":
                        block = block with { IgnorePublicAcls = flag };
                        break;
                    case "BlockPublicPolicy":
                        block = block with { BlockPublicPolicy = flag };
                        break;
                    case "RestrictPublicBuckets":
                        block = block with { RestrictPublicBuckets = flag };
                        break;
                    default:
                        return null;
                }
            }

            return block;
        });
        return value is null ? (null, S3XmlBody.Malformed) : (value, null);
    }

    private static bool TryReadFlag(string text, out bool flag) => bool.TryParse(text, out flag);
}
