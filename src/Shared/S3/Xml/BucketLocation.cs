namespace EdgeCache.Shared.S3.Xml;

/// <summary>The documents that name a bucket's region: the body of CreateBucket and the answer to GetBucketLocation.</summary>
public static class BucketLocation
{
    /// <summary>Writes the answer to <see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLocation.html">GetBucketLocation</see>.</summary>
    public static byte[] Write(string region) => S3XmlWriter.Document("LocationConstraint", region, static (w, text) => w.WriteString(text));
}

/// <summary>The body of <see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html">CreateBucket</see>.</summary>
/// <param name="LocationConstraint">The region asked for; null when none is.</param>
public sealed record CreateBucketConfiguration(string? LocationConstraint)
{
    /// <summary>The largest body, in bytes.</summary>
    public const int MaxBytes = S3XmlBody.DefaultMaxBytes;

    /// <summary>Reads the body, which may be empty; MalformedXML for anything else that is no such document.</summary>
    public static ValueTask<(CreateBucketConfiguration? Value, S3Error? Error)> ReadAsync(Stream body, CancellationToken cancellationToken) =>
        S3XmlBody.ReadAsync(body, MaxBytes, Parse, cancellationToken);

    internal static (CreateBucketConfiguration? Value, S3Error? Error) Parse(ReadOnlyMemory<byte> document)
    {
        if (document.IsEmpty)
        {
            return (new CreateBucketConfiguration((string?)null), null);
        }

        var value = S3XmlCursor.Parse(document, "CreateBucketConfiguration", static cursor =>
        {
            string? region = null;
            foreach (var child in cursor.Children())
            {
                if (child == "LocationConstraint")
                {
                    region = cursor.Text().Trim();
                }
            }

            return new CreateBucketConfiguration(string.IsNullOrEmpty(region) ? null : region);
        });
        return value is null ? (null, S3XmlBody.Malformed) : (value, null);
    }
}
