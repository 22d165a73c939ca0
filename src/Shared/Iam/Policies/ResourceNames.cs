using System.Buffers;

namespace EdgeCache.Shared.Iam.Policies;

/// <summary>How policies write resources: <c>arn:aws:s3:::bucket/key</c> or <c>*</c>; access policies also <c>bucket/key</c>.</summary>
internal static class ResourceNames
{
    /// <summary>What an S3 resource's name begins with.</summary>
    public const string ArnPrefix = "arn:aws:s3:::";

    private static readonly SearchValues<char> BucketCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789.-_*?");

    /// <summary>Reads a resource of a bucket policy, as <c>bucket</c> or <c>bucket/key</c> with wildcards; null when it is none.</summary>
    public static WildcardPattern? TryParseArn(string text) =>
        text == "*" ? new WildcardPattern(text)
        : text.StartsWith(ArnPrefix, StringComparison.Ordinal) ? TryParseName(text[ArnPrefix.Length..])
        : null;

    /// <summary>Reads a resource of an access policy; null when it is none.</summary>
    public static WildcardPattern? TryParse(string text) => TryParseArn(text) ?? TryParseName(text);

    private static WildcardPattern? TryParseName(string name)
    {
        var slash = name.IndexOf('/', StringComparison.Ordinal);
        var bucket = slash < 0 ? name : name[..slash];
        return bucket.Length > 0 && !bucket.AsSpan().ContainsAnyExcept(BucketCharacters) ? new WildcardPattern(name) : null;
    }
}
