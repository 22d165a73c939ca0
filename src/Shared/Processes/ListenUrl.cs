using System.Net;

namespace EdgeCache.Shared.Processes;

/// <summary>A listener's URL: <c>http://</c>, an IP address, <c>localhost</c> or <c>*</c> (all addresses), and a port.</summary>
public static class ListenUrl
{
    /// <summary>Reads a URL; false when it is not of that form.</summary>
    public static bool TryParse(string text, out IPEndPoint endPoint) => TryParse(text, "http://", out endPoint);

    /// <summary>Reads a URL of the same form that begins with <c>https://</c>; false when it is not of that form.</summary>
    public static bool TryParseTls(string text, out IPEndPoint endPoint) => TryParse(text, "https://", out endPoint);

    /// <summary>The URL by which this machine reaches a bound listener, with TLS or without.</summary>
    public static Uri ToUri(IPEndPoint bound, bool tls = false)
    {
        var address = bound.Address.Equals(IPAddress.Any) || bound.Address.Equals(IPAddress.IPv6Any) ? IPAddress.Loopback : bound.Address;
        return new UriBuilder(tls ? Uri.UriSchemeHttps : Uri.UriSchemeHttp, address.ToString(), bound.Port).Uri;
    }

    private static bool TryParse(string text, string scheme, out IPEndPoint endPoint)
    {
        endPoint = new IPEndPoint(IPAddress.Loopback, 0);
        if (!text.StartsWith(scheme, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        var authority = text.AsSpan(scheme.Length).TrimEnd('/');
        var colon = authority.LastIndexOf(':');
        if (colon <= 0 || !ushort.TryParse(authority[(colon + 1)..], out var port))
        {
            return false;
        }

        var host = authority[..colon];
        if (host is "*" or "+")
        {
            endPoint = new IPEndPoint(IPAddress.IPv6Any, port);
            return true;
        }

        if (host.Equals("localhost", StringComparison.OrdinalIgnoreCase))
        {
            endPoint = new IPEndPoint(IPAddress.Loopback, port);
            return true;
        }

        if (!IPAddress.TryParse(host.Trim("[]"), out var address))
        {
            return false;
        }

        endPoint = new IPEndPoint(address, port);
        return true;
    }
}
