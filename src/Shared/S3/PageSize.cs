using System.Globalization;

namespace EdgeCache.Shared.S3;

/// <summary>The <c>max-keys</c>, <c>max-parts</c>, <c>max-uploads</c> and <c>encoding-type</c> parameters of listings.</summary>
public static class PageSize
{
    /// <summary>The largest page of a listing, and the size when none is asked for.</summary>
    public const int Max = 1000;

    /// <summary>Reads a page size: absent or empty is <paramref name="max"/>, more is cut to it; InvalidArgument when it is no number of 0 to 2^31-1.</summary>
    public static S3Error? TryParse(S3Query query, string parameter, out int size, int max = Max)
    {
        size = max;
        var error = TryParseNumber(query, parameter, ref size);
        size = Math.Min(size, max);
        return error;
    }

    /// <summary>Reads <c>part-number-marker</c> or another number of 0 to 2^31-1; absent or empty is 0.</summary>
    public static S3Error? TryParseMarker(S3Query query, string parameter, out int marker)
    {
        marker = 0;
        return TryParseNumber(query, parameter, ref marker);
    }

    /// <summary>Reads <c>encoding-type</c>: InvalidArgument unless it is absent or <c>url</c>.</summary>
    public static S3Error? TryParseEncoding(S3Query query, out bool encodeUrl)
    {
        var text = query.Get("encoding-type");
        encodeUrl = string.Equals(text, "url", StringComparison.OrdinalIgnoreCase);
        return encodeUrl || string.IsNullOrEmpty(text) ? null
            : new S3Error(S3ErrorCode.InvalidArgument, "Invalid Encoding Method specified in Request",
                [new("ArgumentName", "encoding-type"), new("ArgumentValue", text)]);
    }

    private static S3Error? TryParseNumber(S3Query query, string parameter, ref int value)
    {
        if (query.Get(parameter) is not { Length: > 0 } text)
        {
            return null;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) ? null
            : new S3Error(S3ErrorCode.InvalidArgument, $"Provided {parameter} not an integer or within integer range",
                [new("ArgumentName", parameter), new("ArgumentValue", text)]);
    }
}
