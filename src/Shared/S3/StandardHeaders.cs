using System.Collections.Immutable;

namespace EdgeCache.Shared.S3;

/// <summary>The standard headers that are kept with an object (<see href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html#SysMetadata">system-defined metadata</see>).</summary>
public static class StandardHeaders
{
    private const string ContentEncoding = "Content-Encoding";
    private const string TransferCoding = "aws-chunked";

    private static readonly string[] Kept =
        ["Cache-Control", "Content-Disposition", ContentEncoding, "Content-Language", "Content-Type", "Expires", "x-amz-website-redirect-location"];

    /// <summary>Picks the headers to keep; an empty one is not kept.</summary>
    /// <param name="header">The value of a request header, by name; null when absent.</param>
    public static ImmutableSortedDictionary<string, string> Read(Func<string, string?> header)
    {
        var kept = UserMetadata.None.ToBuilder();
        foreach (var name in Kept)
        {
            var value = header(name);
            if (name == ContentEncoding && value is not null)
            {
                value = WithoutTransferCoding(value);
            }

            if (!string.IsNullOrEmpty(value))
            {
                kept[name] = value;
            }
        }

        return kept.ToImmutable();
    }

    // aws-chunked is how the request's body came and no property of the object. Without it the value stays as the client wrote it.
    private static string WithoutTransferCoding(string value)
    {
        if (!value.Contains(TransferCoding, StringComparison.OrdinalIgnoreCase))
        {
            return value;
        }

        var codings = value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return string.Join(", ", codings.Where(static c => !c.Equals(TransferCoding, StringComparison.OrdinalIgnoreCase)));
    }
}
