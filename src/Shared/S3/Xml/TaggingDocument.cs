using System.Collections.Immutable;

namespace EdgeCache.Shared.S3.Xml;

/// <summary>
/// The document of <see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectTagging.html">GetObjectTagging</see>,
/// <see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectTagging.html">PutObjectTagging</see> and their counterparts for buckets.
/// </summary>
public static class TaggingDocument
{
    /// <summary>The largest body, in bytes: fifty of the longest tags, written as references, with room to spare.</summary>
    public const int MaxBytes = 256 * 1024;

    /// <summary>Writes the document; an object without tags has an empty TagSet.</summary>
    public static byte[] Write(IEnumerable<KeyValuePair<string, string>> tags) => S3XmlWriter.Document("Tagging", tags, static (w, all) =>
        w.Group("TagSet", all, static (w, set) =>
        {
            foreach (var tag in set)
            {
                w.Group("Tag", tag, static (w, t) =>
                {
                    w.Text("Key", t.Key);
                    w.Text("Value", t.Value);
                });
            }
        }));

    /// <summary>Reads the tags of an object: MalformedXML, or InvalidTag for too many or for one that breaks a rule.</summary>
    public static ValueTask<(ImmutableSortedDictionary<string, string>? Value, S3Error? Error)> ReadObjectTagsAsync(
        Stream body, CancellationToken cancellationToken) =>
        S3XmlBody.ReadAsync(body, MaxBytes, static document => Parse(document, ObjectTags.MaxCount), cancellationToken);

    /// <summary>Reads the tags of a bucket, likewise.</summary>
    public static ValueTask<(ImmutableSortedDictionary<string, string>? Value, S3Error? Error)> ReadBucketTagsAsync(
        Stream body, CancellationToken cancellationToken) =>
        S3XmlBody.ReadAsync(body, MaxBytes, static document => Parse(document, ObjectTags.MaxBucketCount), cancellationToken);

    internal static (ImmutableSortedDictionary<string, string>? Value, S3Error? Error) Parse(ReadOnlyMemory<byte> document, int maxCount)
    {
        var given = S3XmlCursor.Parse(document, "Tagging", static cursor =>
        {
            List<KeyValuePair<string, string>>? tags = null;
            foreach (var child in cursor.Children())
            {
                if (child != "TagSet" || tags is not null)
                {
                    return null;
                }

                tags = [];
                foreach (var item in cursor.Children())
                {
                    if (item != "Tag" || ReadTag(cursor) is not { } tag)
                    {
                        return null;
                    }

                    tags.Add(tag);
                }
            }

            return tags;
        });
        return given is null ? (null, S3XmlBody.Malformed)
            : ObjectTags.TryCollect(given, maxCount, out var tags) is { } error ? (null, error)
            : (tags, null);
    }

    private static KeyValuePair<string, string>? ReadTag(S3XmlCursor cursor)
    {
        string? key = null, value = null;
        foreach (var child in cursor.Children())
        {
            switch (child)
            {
                case "Key" when key is null:
                    key = cursor.Text();
                    break;
                case "Value" when value is null:
                    value = cursor.Text();
                    break;
                default:
                    return null;
            }
        }

        return key is null || value is null ? null : KeyValuePair.Create(key, value);
    }
}
