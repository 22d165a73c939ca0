using EdgeCache.Shared.S3;

namespace EdgeCache.Edge.Pipeline;

/// <summary>The sizes up to which a request is read at all.</summary>
internal static class RequestLimits
{
    /// <summary>The largest header section answered with anything but an error, in bytes.</summary>
    public const int MaxHeaderBytes = 16 * 1024;

    /// <summary>What the HTTP parser reads before it gives up by itself, in bytes: in between, the error can be worded as S3 does.</summary>
    public const int ParserMaxHeaderBytes = 64 * 1024;

    /// <summary>The longest request line, in bytes: a key of 1,024 bytes may come percent-encoded, with a presigned query behind it.</summary>
    public const int MaxRequestLineBytes = 16 * 1024;

    /// <summary>The most headers.</summary>
    public const int MaxHeaders = 256;

    public static S3Error? Check(HttpRequest request)
    {
        var total = 0;
        foreach (var (name, values) in request.Headers)
        {
            foreach (var value in values)
            {
                total += name.Length + (value?.Length ?? 0) + 4;
            }
        }

        return total <= MaxHeaderBytes
            ? null
            : new S3Error(S3ErrorCode.RequestHeaderSectionTooLarge, null, [new("MaxSizeAllowed", $"{MaxHeaderBytes}")]);
    }
}
