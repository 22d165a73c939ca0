namespace EdgeCache.Shared.S3.Xml;

/// <summary>
/// The document of <see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketAccelerateConfiguration.html">PutBucketAccelerateConfiguration</see>
/// and <see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketAccelerateConfiguration.html">GetBucketAccelerateConfiguration</see>.
/// </summary>
/// <param name="IsEnabled">Whether edges cache the bucket; null when that was never said, and they do.</param>
public sealed record AccelerateConfiguration(bool? IsEnabled)
{
    private const string Root = "AccelerateConfiguration";

    /// <summary>Writes the document.</summary>
    public byte[] Write() => S3XmlWriter.Document(Root, IsEnabled, static (w, enabled) => w.Text("Status", enabled switch
    {
        null => null,
        true => "Enabled",
        false => "Suspended",
    }));

    /// <summary>Reads the body; MalformedXML when it names no state.</summary>
    public static ValueTask<(AccelerateConfiguration? Value, S3Error? Error)> ReadAsync(Stream body, CancellationToken cancellationToken) =>
        S3XmlBody.ReadAsync(body, S3XmlBody.DefaultMaxBytes, Parse, cancellationToken);

    internal static (AccelerateConfiguration? Value, S3Error? Error) Parse(ReadOnlyMemory<byte> document)
    {
        var value = S3XmlCursor.Parse(document, Root, static cursor =>
        {
            AccelerateConfiguration? found = null;
            foreach (var child in cursor.Children())
            {
                found = (child, found, cursor.Text()) switch
                {
                    ("Status", null, "Enabled") => new AccelerateConfiguration(true),
                    ("Status", null, "Suspended") => new AccelerateConfiguration(false),
                    _ => throw new System.Xml.XmlException("not a state"),
                };
            }

            return found;
        });
        return value is null ? (null, S3XmlBody.Malformed) : (value, null);
    }
}
