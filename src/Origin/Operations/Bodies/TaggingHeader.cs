using System.Collections.Immutable;
using EdgeCache.Origin.Catalog;
using EdgeCache.Shared.S3;

namespace EdgeCache.Origin.Operations.Bodies;

/// <summary>The <c>x-amz-tagging</c> header: tags as URL query parameters.</summary>
internal static class TaggingHeader
{
    /// <summary>The most tags of an object.</summary>
    public const int MaxTags = 10;

    /// <summary>The longest name of a tag, in characters.</summary>
    public const int MaxNameLength = 128;

    /// <summary>The longest value of a tag, in characters.</summary>
    public const int MaxValueLength = 256;

    public static Outcome<ImmutableSortedDictionary<string, string>> Parse(string? header)
    {
        if (string.IsNullOrEmpty(header))
        {
            return StringMap.EmptyTags;
        }

        if (!S3Query.TryParse(header, out var query))
        {
            return new S3Error(S3ErrorCode.InvalidArgument, "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name duplicates.");
        }

        if (query.Parameters.Count > MaxTags)
        {
            return new S3Error(S3ErrorCode.BadRequest, "Object tags cannot be greater than 10");
        }

        var tags = StringMap.EmptyTags.ToBuilder();
        foreach (var (name, value) in query.Parameters)
        {
            if (name.Length is 0 or > MaxNameLength || value.Length > MaxValueLength || !tags.TryAdd(name, value))
            {
                return new S3Error(S3ErrorCode.InvalidTag, "The tag provided was not a valid tag.");
            }
        }

        return tags.ToImmutable();
    }
}
