using EdgeCache.Shared.S3.Locking;

namespace EdgeCache.Shared.S3.Xml;

/// <summary>
/// The document of <see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectRetention.html">GetObjectRetention</see> and
/// <see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectRetention.html">PutObjectRetention</see>.
/// </summary>
/// <param name="Retention">The retention; null for none, which ends one that is there.</param>
public sealed record RetentionDocument(ObjectRetention? Retention)
{
    /// <summary>Writes the document.</summary>
    public byte[] Write() => S3XmlWriter.Document("Retention", Retention, static (w, retention) =>
    {
        if (retention is not null)
        {
            w.Text("Mode", ObjectLockModes.Name(retention.Mode));
            w.Time("RetainUntilDate", retention.RetainUntil);
        }
    });

    /// <summary>Reads the body: MalformedXML when it is not both of mode and date, or neither.</summary>
    public static ValueTask<(RetentionDocument? Value, S3Error? Error)> ReadAsync(Stream body, CancellationToken cancellationToken) =>
        S3XmlBody.ReadAsync(body, S3XmlBody.DefaultMaxBytes, Parse, cancellationToken);

    internal static (RetentionDocument? Value, S3Error? Error) Parse(ReadOnlyMemory<byte> document)
    {
        var value = S3XmlCursor.Parse(document, "Retention", static cursor =>
        {
            ObjectLockMode? mode = null;
            DateTimeOffset? until = null;
            foreach (var child in cursor.Children())
            {
                switch (child)
                {
                    case "Mode" when ObjectLockModes.TryParse(cursor.Text(), out var named):
                        mode = named;
                        break;
                    case "RetainUntilDate" when ObjectRetention.TryParseDate(cursor.Text().Trim(), out var date):
                        until = date;
                        break;
                    default:
                        return null;
                }
            }

            return (mode, until) switch
            {
                ({ } m, { } u) => new RetentionDocument(new ObjectRetention(m, u)),
                (null, null) => new RetentionDocument(Retention: null),
                _ => null,
            };
        });
        return value is null ? (null, S3XmlBody.Malformed) : (value, null);
    }
}
