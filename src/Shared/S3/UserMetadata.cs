using System.Collections.Immutable;
using System.Globalization;
using EdgeCache.Shared.Http;

namespace EdgeCache.Shared.S3;

/// <summary>
/// The <c>x-amz-meta-*</c> headers (<see href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html#UserMetadata">user-defined metadata</see>).
/// Values stay as they came: RFC 2047 words are not decoded, and text that a server reads and writes as <see cref="HeaderText"/> leaves with the bytes
/// that it arrived with.
/// </summary>
public static class UserMetadata
{
    /// <summary>The most bytes that names (without their prefix) and values may have together.</summary>
    public const int MaxBytes = 2048;

    /// <summary>No metadata.</summary>
    public static ImmutableSortedDictionary<string, string> None { get; } = ImmutableSortedDictionary.Create<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Picks the metadata out of a request's headers, names in lower case without their prefix; MetadataTooLarge over <see cref="MaxBytes"/>.</summary>
    /// <param name="headers">All headers, each name once, several values joined by <c>,</c>.</param>
    /// <param name="metadata">The metadata.</param>
    public static S3Error? TryRead(IEnumerable<KeyValuePair<string, string>> headers, out ImmutableSortedDictionary<string, string> metadata)
    {
        metadata = None;
        ImmutableSortedDictionary<string, string>.Builder? builder = null;
        var size = 0L;
        foreach (var (header, value) in headers)
        {
            if (header.Length <= S3ObjectHeaders.MetadataPrefix.Length || !header.StartsWith(S3ObjectHeaders.MetadataPrefix, StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            var name = header[S3ObjectHeaders.MetadataPrefix.Length..].ToLowerInvariant();
            size += HeaderText.Instance.GetByteCount(name) + HeaderText.Instance.GetByteCount(value);
            (builder ??= None.ToBuilder())[name] = value;
        }

        if (size > MaxBytes)
        {
            return new S3Error(S3ErrorCode.MetadataTooLarge, null,
            [
                new("Size", size.ToString(CultureInfo.InvariantCulture)),
                new("MaxSizeAllowed", MaxBytes.ToString(CultureInfo.InvariantCulture)),
            ]);
        }

        metadata = builder?.ToImmutable() ?? None;
        return null;
    }
}
