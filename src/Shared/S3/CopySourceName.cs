using EdgeCache.Shared.Primitives;

namespace EdgeCache.Shared.S3;

/// <summary>
/// The object that <c>x-amz-copy-source</c> names (<see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html">CopyObject</see>).
/// </summary>
/// <param name="Bucket">Its bucket, a valid name.</param>
/// <param name="Key">Its key, valid.</param>
/// <param name="VersionId">Its version; null for the current one.</param>
public sealed record CopySourceName(string Bucket, string Key, string? VersionId)
{
    /// <summary>The header that names the source.</summary>
    public const string Header = "x-amz-copy-source";

    private const string VersionMarker = "?versionId=";

    /// <summary>
    /// Reads <c>[/]bucket/key[?versionId=id]</c>, percent-encoded (its slashes too, or not): InvalidArgument, InvalidBucketName or KeyTooLongError.
    /// Unlike in a path, <c>+</c> is a space here, for which clients write <c>%2B</c> when they mean a plus.
    /// </summary>
    public static S3Error? TryParse(string? header, out CopySourceName? source)
    {
        source = null;
        var text = header.AsSpan();
        string? versionId = null;
        var marker = text.LastIndexOf(VersionMarker, StringComparison.Ordinal);
        if (marker >= 0)
        {
            if (!PercentEncoding.TryDecode(text[(marker + VersionMarker.Length)..], plusIsSpace: false, out versionId) || versionId.Length == 0)
            {
                return Invalid(header, "Version id of the copy source cannot be the empty string");
            }

            text = text[..marker];
        }

        if (!PercentEncoding.TryDecode(text, plusIsSpace: true, out var name))
        {
            return Invalid(header, "Copy Source must be URL-encoded");
        }

        var start = name.StartsWith('/') ? 1 : 0;
        var slash = name.IndexOf('/', start);
        if (slash <= start || slash == name.Length - 1)
        {
            return Invalid(header, "Copy Source must mention the source bucket and key: sourcebucket/sourcekey");
        }

        var (bucket, key) = (name[start..slash], name[(slash + 1)..]);
        if (!BucketName.TryParse(bucket, out _))
        {
            return new S3Error(S3ErrorCode.InvalidBucketName, null, [new("BucketName", bucket)]);
        }

        if (S3RequestParser.ValidateKey(key) is { } badKey)
        {
            return badKey;
        }

        source = new CopySourceName(bucket, key, versionId);
        return null;
    }

    private static S3Error Invalid(string? header, string message) =>
        new(S3ErrorCode.InvalidArgument, message, [new("ArgumentName", Header), new("ArgumentValue", header ?? string.Empty)]);
}
