using System.Globalization;

namespace EdgeCache.Shared.S3.Xml;

/// <summary>The body of <see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html">DeleteObjects</see>.</summary>
/// <param name="Objects">What to delete: at least one entry, at most <see cref="MaxObjects"/>.</param>
/// <param name="Quiet">Whether to answer only errors.</param>
public sealed record DeleteRequest(IReadOnlyList<ObjectToDelete> Objects, bool Quiet)
{
    /// <summary>The most entries in a request.</summary>
    public const int MaxObjects = 1000;

    /// <summary>The largest body, in bytes. A thousand of the longest keys fit in it unless most of their bytes are written as references.</summary>
    public const int MaxBytes = 2 * 1024 * 1024;

    /// <summary>Reads the body; MalformedXML when it is no list of 1 to <see cref="MaxObjects"/> entries. Keys are as they came, not validated.</summary>
    public static ValueTask<(DeleteRequest? Value, S3Error? Error)> ReadAsync(Stream body, CancellationToken cancellationToken) =>
        S3XmlBody.ReadAsync(body, MaxBytes, Parse, cancellationToken);

    internal static (DeleteRequest? Value, S3Error? Error) Parse(ReadOnlyMemory<byte> document)
    {
        var value = S3XmlCursor.Parse(document, "Delete", static cursor =>
        {
            var objects = new List<ObjectToDelete>();
            var quiet = false;
            foreach (var child in cursor.Children())
            {
                if (child == "Object")
                {
                    if (objects.Count == MaxObjects || ReadObject(cursor) is not { } entry)
                    {
                        return null;
                    }

                    objects.Add(entry);
                }
                else if (child == "Quiet")
                {
                    quiet = cursor.Text().Trim().Equals("true", StringComparison.OrdinalIgnoreCase);
                }
            }

            return objects.Count == 0 ? null : new DeleteRequest(objects, quiet);
        });
        return value is null ? (null, S3XmlBody.Malformed) : (value, null);
    }

    private static ObjectToDelete? ReadObject(S3XmlCursor cursor)
    {
        var entry = new ObjectToDelete(string.Empty);
        foreach (var child in cursor.Children())
        {
            switch (child)
            {
                case "Key":
                    entry = entry with { Key = cursor.Text() };
                    break;
                case "VersionId":
                    entry = entry with { VersionId = cursor.Text() is { Length: > 0 } versionId ? versionId : null };
                    break;
                case "ETag":
                    entry = entry with { ETag = cursor.Text().Trim().Trim('"') };
                    break;
                case "LastModifiedTime":
                    if (!TryParseTime(cursor.Text().Trim(), out var time))
                    {
                        return null;
                    }

                    entry = entry with { LastModified = time };
                    break;
                case "Size":
                    if (!long.TryParse(cursor.Text().AsSpan().Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var size))
                    {
                        return null;
                    }

                    entry = entry with { Size = size };
                    break;
                default:
                    break;
            }
        }

        return entry.Key.Length == 0 ? null : entry;
    }

    private static bool TryParseTime(string text, out DateTimeOffset time) =>
        Http.HttpDate.TryParse(text, out time) ||
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out time);
}

/// <summary>An entry of <see cref="DeleteRequest"/>; the conditions are null when the client set none.</summary>
/// <param name="Key">The key.</param>
/// <param name="VersionId">The version; null for the current one.</param>
/// <param name="ETag">Delete only if this is the entity tag (without quotes).</param>
/// <param name="LastModified">Delete only if this is the time of the last modification.</param>
/// <param name="Size">Delete only if this is the length, in bytes.</param>
public sealed record ObjectToDelete(string Key, string? VersionId = null, string? ETag = null, DateTimeOffset? LastModified = null, long? Size = null);
