using System.Text;
using EdgeCache.Shared.S3;
using EdgeCache.Shared.SigV4;
using Microsoft.AspNetCore.Http.Features;

namespace EdgeCache.Edge.Pipeline;

/// <summary>
/// The server's request as signatures see it. Header values arrive as Latin-1, one character per byte. What is valid UTF-8 is read as such for
/// the signature; other bytes stay the characters that a client which sends Latin-1 signed.
/// </summary>
internal sealed class HttpSignedRequest : ISignedRequest
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly IHeaderDictionary _headers;
    private readonly List<string>? _amzHeaderNames;

    public HttpSignedRequest(HttpContext context)
    {
        _headers = context.Request.Headers;
        Method = context.Request.Method;
        RawTarget = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var pathAndQuery = WithoutAuthority(RawTarget);
        var question = pathAndQuery.IndexOf('?');
        RawPath = (question < 0 ? pathAndQuery : pathAndQuery[..question]).ToString();
        RawQuery = question < 0 ? string.Empty : pathAndQuery[(question + 1)..].ToString();

        // Once for all who ask: the server makes a list of the names each time it is asked for them.
        foreach (var (name, values) in _headers)
        {
            foreach (var value in values)
            {
                HeaderBytes += RequestLimits.SizeOf(name, value);
            }

            if (ISignedRequest.IsAmz(name))
            {
                (_amzHeaderNames ??= []).Add(name);
            }
        }
    }

    public string Method { get; }

    /// <summary>The request target exactly as sent.</summary>
    public string RawTarget { get; }

    public string RawPath { get; }

    public string RawQuery { get; }

    public IEnumerable<string> HeaderNames => _headers.Keys;

    public IReadOnlyList<string> AmzHeaderNames => _amzHeaderNames ?? (IReadOnlyList<string>)[];

    /// <summary>The size of the header section, in bytes.</summary>
    public int HeaderBytes { get; }

    public bool TryGetHeader(string lowerCaseName, out string value)
    {
        if (!_headers.TryGetValue(lowerCaseName, out var values) || values.Count == 0)
        {
            value = string.Empty;
            return false;
        }

        value = values.Count == 1 ? Decode(values[0] ?? string.Empty) : string.Join(',', values.Select(static v => Decode(v ?? string.Empty)));
        return true;
    }

    private static string Decode(string latin1)
    {
        if (Ascii.IsValid(latin1))
        {
            return latin1;
        }

        try
        {
            return StrictUtf8.GetString(Encoding.Latin1.GetBytes(latin1));
        }
        catch (DecoderFallbackException)
        {
            return latin1;
        }
    }

    // A client that takes the edge for a proxy sends the absolute form (RFC 9112, section 3.2.2).
    private static ReadOnlySpan<char> WithoutAuthority(ReadOnlySpan<char> target)
    {
        if (target.StartsWith('/') || target.IndexOf("://") is var scheme && scheme < 0)
        {
            return target;
        }

        var rest = target[(scheme + 3)..];
        var path = rest.IndexOfAny('/', '?');
        return path < 0 ? "/" : rest[path..];
    }
}
