namespace EdgeCache.Shared.S3.Xml;

/// <summary>
/// The document of <see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketRequestPayment.html">PutBucketRequestPayment</see> and
/// <see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketRequestPayment.html">GetBucketRequestPayment</see>.
/// </summary>
/// <param name="RequesterPays">Whether who asks pays, and not the bucket's owner.</param>
public sealed record RequestPaymentConfiguration(bool RequesterPays)
{
    private const string Root = "RequestPaymentConfiguration";

    /// <summary>Writes the document.</summary>
    public byte[] Write() => S3XmlWriter.Document(Root, RequesterPays, static (w, requester) => w.Text("Payer", requester ? "Requester" : "BucketOwner"));

    /// <summary>Reads the body; MalformedXML when it names no payer.</summary>
    public static ValueTask<(RequestPaymentConfiguration? Value, S3Error? Error)> ReadAsync(Stream body, CancellationToken cancellationToken) =>
        S3XmlBody.ReadAsync(body, S3XmlBody.DefaultMaxBytes, Parse, cancellationToken);

    internal static (RequestPaymentConfiguration? Value, S3Error? Error) Parse(ReadOnlyMemory<byte> document)
    {
        var value = S3XmlCursor.Parse(document, Root, static cursor =>
        {
            RequestPaymentConfiguration? found = null;
            foreach (var child in cursor.Children())
            {
                found = (child, found, cursor.Text()) switch
                {
                    ("Payer", null, "Requester") => new RequestPaymentConfiguration(true),
                    ("Payer", null, "BucketOwner") => new RequestPaymentConfiguration(false),
                    _ => throw new System.Xml.XmlException("not a payer"),
                };
            }

            return found;
        });
        return value is null ? (null, S3XmlBody.Malformed) : (value, null);
    }
}
