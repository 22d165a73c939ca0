namespace EdgeCache.Shared.S3;

/// <summary>The sizes up to which a request is read at all, alike at every tier.</summary>
public static class RequestLimits
{
    /// <summary>The largest header section answered with anything but an error, in bytes.</summary>
    public const int MaxHeaderBytes = 16 * 1024;

    /// <summary>What the HTTP parser reads before it gives up by itself, in bytes: in between, the error can be worded as S3 does.</summary>
    public const int ParserMaxHeaderBytes = 64 * 1024;

    /// <summary>The longest request line, in bytes: a key of 1,024 bytes may come percent-encoded, with a presigned query behind it.</summary>
    public const int MaxRequestLineBytes = 16 * 1024;

    /// <summary>The most headers.</summary>
    public const int MaxHeaders = 256;

    /// <summary>The refusal of a header section that is too large.</summary>
    public static S3Error HeadersTooLarge { get; } = new(S3ErrorCode.RequestHeaderSectionTooLarge, null, [new("MaxSizeAllowed", $"{MaxHeaderBytes}")]);

    /// <summary>What one header takes of <see cref="MaxHeaderBytes"/>, with its colon, space and line end, in bytes.</summary>
    public static int SizeOf(string name, string? value) => name.Length + (value?.Length ?? 0) + 4;
}
