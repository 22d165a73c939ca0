using EdgeCache.Shared.Primitives;

namespace EdgeCache.Origin.ControlPlane.Access;

/// <summary>What an action would be done to.</summary>
/// <param name="Bucket">The bucket's name; null for actions above buckets.</param>
/// <param name="Key">The object's key; null for actions on buckets.</param>
internal readonly record struct AccessResource(string? Bucket, ObjectKey? Key)
{
    private const string ArnPrefix = "arn:aws:s3:::";

    /// <exception cref="ApiException">400 for what names neither a bucket nor an object.</exception>
    public static AccessResource Parse(string? text)
    {
        if (text is null or "" or "*")
        {
            return default;
        }

        var path = text.StartsWith(ArnPrefix, StringComparison.Ordinal) ? text[ArnPrefix.Length..] : text;
        var slash = path.IndexOf('/');
        var bucket = slash < 0 ? path : path[..slash];
        if (!BucketName.TryParse(bucket, out _))
        {
            throw ApiException.Invalid("'resource' must be *, bucket or bucket/key, optionally after arn:aws:s3:::.");
        }

        return slash < 0 || slash == path.Length - 1 ? new AccessResource(bucket, null)
            : ObjectKey.TryParse(path[(slash + 1)..], out var key) ? new AccessResource(bucket, key)
            : throw ApiException.Invalid("'resource' has a key that no object can have.");
    }
}
