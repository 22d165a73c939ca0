using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace EdgeCache.Shared.Iam;

/// <summary>
/// How an edge vouches for a client's request that it passes on: the client's own signature stays untouched, and the edge adds its name, the
/// client's address and scheme, and a MAC over these and the request line. Without the cluster secret nobody can forge them.
/// Format of the header <c>x-edgecache-forwarded</c>: <c>edge;address;scheme;unix-seconds;hex-mac</c>.
/// </summary>
public sealed class EdgeForwarding
{
    /// <summary>The request header that carries the statement.</summary>
    public const string Header = "x-edgecache-forwarded";

    /// <summary>The response header by which an origin tells an edge the feed position of the change that the request made.</summary>
    public const string SequenceHeader = "x-edgecache-sequence";

    /// <summary>The request header by which an edge tells its own id of the request, which the origin's record names. Believed beside <see cref="Header"/> alone.</summary>
    public const string RequestIdHeader = "x-edgecache-request-id";

    /// <summary>
    /// The request header by which an edge tells a body's length in place of Content-Length, which its HTTP client leaves out for a short body that
    /// it must not send before the origin has accepted the head.
    /// </summary>
    public const string LengthHeader = "x-edgecache-content-length";

    /// <summary>How far apart the clocks of edge and origin may be.</summary>
    public static readonly TimeSpan MaxSkew = TimeSpan.FromMinutes(5);

    private const string Secure = "https";
    private const string Plain = "http";
    private const string UnknownAddress = "unknown";

    private readonly byte[] _key;

    /// <summary>Derives the MAC key of a deployment.</summary>
    public EdgeForwarding(string clusterSecret) =>
        _key = HMACSHA256.HashData(Encoding.UTF8.GetBytes(clusterSecret), "edgecache forwarding v2"u8);

    /// <summary>Makes the header's value for one request.</summary>
    /// <param name="hop">What the edge says.</param>
    /// <param name="now">The current time.</param>
    /// <param name="method">The request method.</param>
    /// <param name="rawTarget">The request target exactly as sent.</param>
    public string Sign(EdgeHop hop, DateTimeOffset now, string method, string rawTarget)
    {
        var statement = string.Create(
            CultureInfo.InvariantCulture,
            $"{hop.Edge};{hop.ClientAddress?.ToString() ?? UnknownAddress};{(hop.IsSecure ? Secure : Plain)};{now.ToUnixTimeSeconds()}");
        return $"{statement};{Mac(statement, method, rawTarget)}";
    }

    /// <summary>Checks a header's value; null when it is malformed, too old or not made with the cluster secret.</summary>
    public EdgeHop? Verify(string header, DateTimeOffset now, string method, string rawTarget)
    {
        var fields = header.Split(';');
        if (fields.Length != 5 || !long.TryParse(fields[3], NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ||
            Math.Abs(now.ToUnixTimeSeconds() - seconds) > (long)MaxSkew.TotalSeconds)
        {
            return null;
        }

        var expected = Mac(header[..header.LastIndexOf(';')], method, rawTarget);
        return CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(expected), Encoding.UTF8.GetBytes(fields[4]))
            ? new EdgeHop(fields[0], IPAddress.TryParse(fields[1], out var address) ? address : null, fields[2] == Secure)
            : null;
    }

    private string Mac(string statement, string method, string rawTarget) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes($"{statement}\n{method}\n{rawTarget}")));
}

/// <summary>What an edge says about a request that it passes on.</summary>
/// <param name="Edge">The edge's name; must not contain <c>;</c>.</param>
/// <param name="ClientAddress">The client's IP address; null when it is not known.</param>
/// <param name="IsSecure">Whether the client's connection is encrypted.</param>
public sealed record EdgeHop(string Edge, IPAddress? ClientAddress, bool IsSecure);
