using System.Collections.Immutable;

namespace EdgeCache.Shared.S3;

/// <summary>The tags of objects and their rules (<see href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html">object tagging</see>).</summary>
public static class ObjectTags
{
    /// <summary>The most tags of an object.</summary>
    public const int MaxCount = 10;

    /// <summary>The most tags of a bucket (<see href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/CostAllocTagging.html">bucket tags</see>).</summary>
    public const int MaxBucketCount = 50;

    /// <summary>The longest key of a tag, in characters.</summary>
    public const int MaxKeyLength = 128;

    /// <summary>The longest value of a tag, in characters.</summary>
    public const int MaxValueLength = 256;

    private const string ReservedPrefix = "aws:";

    /// <summary>No tags.</summary>
    public static ImmutableSortedDictionary<string, string> None { get; } = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>
    /// Reads the <c>x-amz-tagging</c> header, which is written like a query: InvalidArgument when it is not, InvalidTag for more than
    /// <see cref="MaxCount"/> tags or one that breaks a rule.
    /// </summary>
    public static S3Error? TryParseHeader(string? header, out ImmutableSortedDictionary<string, string> tags)
    {
        tags = None;
        if (!S3Query.TryParse(header, out var query))
        {
            return new S3Error(S3ErrorCode.InvalidArgument,
                "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name duplicates.",
                [new("ArgumentName", "x-amz-tagging"), new("ArgumentValue", header ?? string.Empty)]);
        }

        return TryCollect(query.Parameters, MaxCount, out tags);
    }

    /// <summary>Checks tags as they came: InvalidTag for more than <paramref name="maxCount"/>, for one that breaks a rule, and for a repeated key.</summary>
    internal static S3Error? TryCollect(
        IReadOnlyCollection<KeyValuePair<string, string>> given, int maxCount, out ImmutableSortedDictionary<string, string> tags)
    {
        tags = None;
        if (given.Count > maxCount)
        {
            return new S3Error(S3ErrorCode.InvalidTag, $"There cannot be more than {maxCount} tags");
        }

        var builder = None.ToBuilder();
        foreach (var (key, value) in given)
        {
            if (key.Length is 0 or > MaxKeyLength || !key.All(IsAllowed))
            {
                return Invalid("The TagKey you have provided is invalid", key);
            }

            if (key.StartsWith(ReservedPrefix, StringComparison.OrdinalIgnoreCase))
            {
                return Invalid("System tags cannot be added/updated by requester", key);
            }

            if (value.Length > MaxValueLength || !value.All(IsAllowed))
            {
                return Invalid("The TagValue you have provided is invalid", key);
            }

            if (!builder.TryAdd(key, value))
            {
                return Invalid("Cannot provide multiple Tags with the same key", key);
            }
        }

        tags = builder.ToImmutable();
        return null;
    }

    // Surrogates stand for letters beyond the basic plane; telling those from symbols there is not worth a table.
    private static bool IsAllowed(char c) =>
        char.IsLetterOrDigit(c) || char.IsSurrogate(c) || char.IsWhiteSpace(c) || c is '+' or '-' or '=' or '.' or '_' or ':' or '/' or '@';

    private static S3Error Invalid(string message, string key) => new(S3ErrorCode.InvalidTag, message, [new("TagKey", key)]);
}
