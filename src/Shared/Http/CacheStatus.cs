using System.Buffers;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace EdgeCache.Shared.Http;

/// <summary>
/// Writes this cache's member of the <c>Cache-Status</c> response header (RFC 9211), as a structured field (RFC 9651): the cache's name and how it
/// handled the request. One instance serves all requests; each call allocates only its result.
/// </summary>
public sealed class CacheStatus
{
    private const int TypicalLength = 256;

    private static readonly SearchValues<char> TokenCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~:/0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    private readonly string _name;
    private readonly string _plainHit;

    /// <summary>Makes the writer for the cache called <paramref name="cacheName"/>.</summary>
    public CacheStatus(string cacheName)
    {
        ArgumentException.ThrowIfNullOrEmpty(cacheName);
        _name = IsToken(cacheName) ? cacheName : Quote(cacheName);
        _plainHit = _name + "; hit";
    }

    /// <summary>The request was satisfied without going forward.</summary>
    /// <param name="ttl">The remaining freshness in seconds, negative when stale; left out when null.</param>
    /// <param name="detail">Anything else worth telling; left out when null.</param>
    public string Hit(long? ttl = null, string? detail = null)
    {
        if (ttl is null && detail is null)
        {
            return _plainHit;
        }

        var text = new DefaultInterpolatedStringHandler(0, 0, CultureInfo.InvariantCulture, stackalloc char[TypicalLength]);
        text.AppendLiteral(_plainHit);
        AppendCommon(ref text, ttl, detail);
        return text.ToStringAndClear();
    }

    /// <summary>The request was answered without looking in the cache or going forward, e.g. refused.</summary>
    /// <param name="detail">What happened.</param>
    public string Neither(string detail)
    {
        var text = new DefaultInterpolatedStringHandler(0, 0, CultureInfo.InvariantCulture, stackalloc char[TypicalLength]);
        text.AppendLiteral(_name);
        AppendCommon(ref text, ttl: null, detail);
        return text.ToStringAndClear();
    }

    /// <summary>The request went forward.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="status">The status of the next hop's response (<c>fwd-status</c>); left out when null.</param>
    /// <param name="stored">Whether the response was stored.</param>
    /// <param name="collapsed">Whether the request was collapsed with others into one forward request.</param>
    /// <param name="ttl">The freshness in seconds of what was stored; left out when null.</param>
    /// <param name="detail">Anything else worth telling; left out when null.</param>
    public string Forwarded(
        ForwardReason reason, int? status = null, bool stored = false, bool collapsed = false, long? ttl = null, string? detail = null)
    {
        var text = new DefaultInterpolatedStringHandler(0, 0, CultureInfo.InvariantCulture, stackalloc char[TypicalLength]);
        text.AppendLiteral(_name);
        text.AppendLiteral("; fwd=");
        text.AppendLiteral(Token(reason));
        if (status is { } code)
        {
            text.AppendLiteral("; fwd-status=");
            text.AppendFormatted(code);
        }

        if (stored)
        {
            text.AppendLiteral("; stored");
        }

        if (collapsed)
        {
            text.AppendLiteral("; collapsed");
        }

        AppendCommon(ref text, ttl, detail);
        return text.ToStringAndClear();
    }

    private static void AppendCommon(ref DefaultInterpolatedStringHandler text, long? ttl, string? detail)
    {
        if (ttl is { } seconds)
        {
            text.AppendLiteral("; ttl=");
            text.AppendFormatted(seconds);
        }

        if (detail is not null)
        {
            text.AppendLiteral("; detail=");
            text.AppendLiteral(IsToken(detail) ? detail : Quote(detail));
        }
    }

    private static string Token(ForwardReason reason) => reason switch
    {
        ForwardReason.Bypass => "bypass",
        ForwardReason.Method => "method",
        ForwardReason.UriMiss => "uri-miss",
        ForwardReason.VaryMiss => "vary-miss",
        ForwardReason.Miss => "miss",
        ForwardReason.Request => "request",
        ForwardReason.Stale => "stale",
        ForwardReason.Partial => "partial",
    };

    private static bool IsToken(string text) =>
        text.Length > 0 && (char.IsAsciiLetter(text[0]) || text[0] == '*') && !text.AsSpan().ContainsAnyExcept(TokenCharacters);

    /// <summary>An sf-string: printable ASCII only, so anything else becomes a question mark.</summary>
    private static string Quote(string text)
    {
        var quoted = new System.Text.StringBuilder(text.Length + 8).Append('"');
        foreach (var c in text)
        {
            if (c is '"' or '\\')
            {
                quoted.Append('\\');
            }

            quoted.Append(c is >= ' ' and <= '~' ? c : '?');
        }

        return quoted.Append('"').ToString();
    }
}
