using System.Globalization;
using EdgeCache.Origin.Catalog;
using EdgeCache.Shared.Checksums;
using EdgeCache.Shared.Http;
using EdgeCache.Shared.Replication;
using EdgeCache.Shared.S3;
using EdgeCache.Shared.S3.Encryption;

namespace EdgeCache.Origin.Replication;

/// <summary>What the headers of a GET tell of a version.</summary>
internal static class ForeignHeaders
{
    public static VersionFacts Read(CopySourceName name, HttpResponseMessage response, long length)
    {
        var total = response.Content.Headers.ContentRange?.Length;
        return new VersionFacts
        {
            Bucket = name.Bucket,
            Key = name.Key,
            Generation = default,
            VersionId = Find(response, "x-amz-version-id") ?? string.Empty,
            Size = total ?? length,
            ETag = (Find(response, "ETag") ?? string.Empty).Trim('"'),
            LastModified = HttpDate.TryParse(Find(response, "Last-Modified"), out var modified) ? modified : default,
            Headers = StandardHeaders.Read(n => Find(response, n)),
            UserMetadata = UserMetadata.TryRead(All(response), out var metadata) is null ? metadata : StringMap.Empty,
            Checksum = ReadChecksum(response),
            Encryption = Find(response, EncryptionHeaders.CustomerPrefix + EncryptionHeaders.Algorithm) is not null ? ObjectEncryption.CustomerKey
                : Find(response, EncryptionHeaders.ServerSide) is not null ? ObjectEncryption.ServerKey
                : ObjectEncryption.None,
            TagCount = int.TryParse(Find(response, "x-amz-tagging-count"), NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : 0,
        };
    }

    private static ObjectChecksum? ReadChecksum(HttpResponseMessage response)
    {
        foreach (var algorithm in ChecksumNames.All)
        {
            if (Find(response, ChecksumNames.HeaderName(algorithm)) is { } value && S3ChecksumTypes.TryParse(Find(response, "x-amz-checksum-type"), out var type))
            {
                return new ObjectChecksum(algorithm, type, value);
            }
        }

        return null;
    }

    private static string? Find(HttpResponseMessage response, string name) =>
        response.Headers.NonValidated.TryGetValues(name, out var values) || response.Content.Headers.NonValidated.TryGetValues(name, out values)
            ? values.ToString()
            : null;

    private static IEnumerable<KeyValuePair<string, string>> All(HttpResponseMessage response) =>
        response.Headers.NonValidated.Select(static h => KeyValuePair.Create(h.Key, h.Value.ToString()));
}
