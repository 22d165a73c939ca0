using EdgeCache.Shared.Replication;

namespace EdgeCache.Shared.S3.Xml;

/// <summary>
/// The document of <see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketVersioning.html">GetBucketVersioning</see> and
/// <see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketVersioning.html">PutBucketVersioning</see>.
/// </summary>
/// <param name="Status">The state; a request never asks for <see cref="BucketVersioning.Unversioned"/>.</param>
public sealed record VersioningConfiguration(BucketVersioning Status)
{
    /// <summary>The largest body, in bytes.</summary>
    public const int MaxBytes = S3XmlBody.DefaultMaxBytes;

    /// <summary>Writes the document: without a Status for a bucket that was never versioned.</summary>
    public byte[] Write() => S3XmlWriter.Document("VersioningConfiguration", Status, static (w, status) => w.Text("Status", status switch
    {
        BucketVersioning.Unversioned => null,
        BucketVersioning.Enabled => "Enabled",
        BucketVersioning.Suspended => "Suspended",
    }));

    /// <summary>Reads the body: MalformedXML when it does not say Enabled or Suspended, NotImplemented when it asks for MFA delete.</summary>
    public static ValueTask<(VersioningConfiguration? Value, S3Error? Error)> ReadAsync(Stream body, CancellationToken cancellationToken) =>
        S3XmlBody.ReadAsync(body, MaxBytes, Parse, cancellationToken);

    internal static (VersioningConfiguration? Value, S3Error? Error) Parse(ReadOnlyMemory<byte> document)
    {
        var mfaDelete = false;
        var value = S3XmlCursor.Parse(document, "VersioningConfiguration", cursor =>
        {
            BucketVersioning? status = null;
            foreach (var child in cursor.Children())
            {
                switch (child)
                {
                    case "Status":
                        status = cursor.Text() switch
                        {
                            "Enabled" => BucketVersioning.Enabled,
                            "Suspended" => BucketVersioning.Suspended,
                            _ => null,
                        };
                        break;
                    case "MfaDelete":
                        mfaDelete = cursor.Text() == "Enabled";
                        break;
                    default:
                        break;
                }
            }

            return status is { } known ? new VersioningConfiguration(known) : null;
        });
        return value is null ? (null, S3XmlBody.Malformed)
            : mfaDelete ? (null, new S3Error(S3ErrorCode.NotImplemented, "This store does not implement MFA delete."))
            : (value, null);
    }
}
