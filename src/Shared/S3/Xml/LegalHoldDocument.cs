using EdgeCache.Shared.S3.Locking;

namespace EdgeCache.Shared.S3.Xml;

/// <summary>
/// The document of <see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectLegalHold.html">GetObjectLegalHold</see> and
/// <see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectLegalHold.html">PutObjectLegalHold</see>.
/// </summary>
/// <param name="IsOn">Whether the version is held.</param>
public sealed record LegalHoldDocument(bool IsOn)
{
    /// <summary>Writes the document.</summary>
    public byte[] Write() => S3XmlWriter.Document("LegalHold", IsOn, static (w, isOn) => w.Text("Status", ObjectLockHeaders.HoldText(isOn)));

    /// <summary>Reads the body: MalformedXML when it does not say ON or OFF.</summary>
    public static ValueTask<(LegalHoldDocument? Value, S3Error? Error)> ReadAsync(Stream body, CancellationToken cancellationToken) =>
        S3XmlBody.ReadAsync(body, S3XmlBody.DefaultMaxBytes, Parse, cancellationToken);

    internal static (LegalHoldDocument? Value, S3Error? Error) Parse(ReadOnlyMemory<byte> document)
    {
        var value = S3XmlCursor.Parse(document, "LegalHold", static cursor =>
        {
            LegalHoldDocument? hold = null;
            foreach (var child in cursor.Children())
            {
                if (child != "Status" || !ObjectLockHeaders.TryParseHold(cursor.Text(), out var isOn))
                {
                    return null;
                }

                hold = new LegalHoldDocument(isOn);
            }

            return hold;
        });
        return value is null ? (null, S3XmlBody.Malformed) : (value, null);
    }
}
