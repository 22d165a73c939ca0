using System.Globalization;
using EdgeCache.Shared.S3.Locking;

namespace EdgeCache.Shared.S3.Xml;

/// <summary>
/// The document of <see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectLockConfiguration.html">GetObjectLockConfiguration</see> and
/// <see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectLockConfiguration.html">PutObjectLockConfiguration</see>: object lock is enabled.
/// </summary>
/// <param name="Default">What new versions get; null for nothing.</param>
public sealed record ObjectLockConfiguration(DefaultRetention? Default)
{
    /// <summary>Writes the document.</summary>
    public byte[] Write() => S3XmlWriter.Document("ObjectLockConfiguration", Default, static (w, retention) =>
    {
        w.Text("ObjectLockEnabled", "Enabled");
        if (retention is not null)
        {
            w.Group("Rule", retention, static (w, r) => w.Group("DefaultRetention", r, static (w, d) =>
            {
                w.Text("Mode", ObjectLockModes.Name(d.Mode));
                w.Number("Days", d.Days);
                w.Number("Years", d.Years);
            }));
        }
    });

    /// <summary>Reads the body: MalformedXML, or InvalidRetentionPeriod for a period that is not positive or too long.</summary>
    public static ValueTask<(ObjectLockConfiguration? Value, S3Error? Error)> ReadAsync(Stream body, CancellationToken cancellationToken) =>
        S3XmlBody.ReadAsync(body, S3XmlBody.DefaultMaxBytes, Parse, cancellationToken);

    internal static (ObjectLockConfiguration? Value, S3Error? Error) Parse(ReadOnlyMemory<byte> document)
    {
        var value = S3XmlCursor.Parse(document, "ObjectLockConfiguration", static cursor =>
        {
            var (isEnabled, rules) = (false, 0);
            DefaultRetention? retention = null;
            foreach (var child in cursor.Children())
            {
                switch (child)
                {
                    case "ObjectLockEnabled":
                        isEnabled = cursor.Text() == "Enabled";
                        break;
                    case "Rule":
                        rules++;
                        retention = ReadRule(cursor);
                        break;
                    default:
                        return null;
                }
            }

            return isEnabled && rules <= 1 && (rules == 0 || retention is not null) ? new ObjectLockConfiguration(retention) : null;
        });
        return value is null ? (null, S3XmlBody.Malformed)
            : value.Default is { } given && !IsInBounds(given) ? (null, S3ErrorCode.InvalidRetentionPeriod)
            : (value, null);
    }

    private static bool IsInBounds(DefaultRetention retention) =>
        retention.Days is null or (>= 1 and <= DefaultRetention.MaxDays) && retention.Years is null or (>= 1 and <= DefaultRetention.MaxYears);

    private static DefaultRetention? ReadRule(S3XmlCursor cursor)
    {
        DefaultRetention? retention = null;
        foreach (var child in cursor.Children())
        {
            if (child != "DefaultRetention" || retention is not null || (retention = ReadRetention(cursor)) is null)
            {
                return null;
            }
        }

        return retention;
    }

    private static DefaultRetention? ReadRetention(S3XmlCursor cursor)
    {
        ObjectLockMode? mode = null;
        int? days = null, years = null;
        foreach (var child in cursor.Children())
        {
            switch (child)
            {
                case "Mode" when ObjectLockModes.TryParse(cursor.Text(), out var named):
                    mode = named;
                    break;
                case "Days" when TryReadPeriod(cursor, out var period):
                    days = period;
                    break;
                case "Years" when TryReadPeriod(cursor, out var period):
                    years = period;
                    break;
                default:
                    return null;
            }
        }

        return mode is { } known && days is null != years is null ? new DefaultRetention(known, days, years) : null;
    }

    private static bool TryReadPeriod(S3XmlCursor cursor, out int period) =>
        int.TryParse(cursor.Text().AsSpan().Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out period);
}
