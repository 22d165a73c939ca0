using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace EdgeCache.Shared.Iam;

/// <summary>
/// How an edge vouches for a client's request that it passes on: the client's own signature stays untouched, and the edge adds its name, the
/// client's address and a MAC over both and the request line. Without the cluster secret nobody can forge them.
/// Format of the header <c>x-edgecache-forwarded</c>: <c>edge;address;unix-seconds;hex-mac</c>.
/// </summary>
public sealed class EdgeForwarding
{
    /// <summary>The request header that carries the statement.</summary>
    public const string Header = "x-edgecache-forwarded";

    /// <summary>The response header by which an origin tells an edge the feed position of the change that the request made.</summary>
    public const string SequenceHeader = "x-edgecache-sequence";

    /// <summary>
    /// The request header by which an edge tells a body's length in place of Content-Length, which its HTTP client leaves out for a short body that
    /// it must not send before the origin has accepted the head.
    /// </summary>
    public const string LengthHeader = "x-edgecache-content-length";

    /// <summary>How far apart the clocks of edge and origin may be.</summary>
    public static readonly TimeSpan MaxSkew = TimeSpan.FromMinutes(5);

    private readonly byte[] _key;

    /// <summary>Derives the MAC key of a deployment.</summary>
    public EdgeForwarding(string clusterSecret) =>
        _key = HMACSHA256.HashData(Encoding.UTF8.GetBytes(clusterSecret), "edgecache forwarding v1"u8);

    /// <summary>Makes the header's value for one request.</summary>
    /// <param name="edge">The edge's name; must not contain <c>;</c>.</param>
    /// <param name="clientAddress">The client's IP address in text form.</param>
    /// <param name="now">The current time.</param>
    /// <param name="method">The request method.</param>
    /// <param name="rawTarget">The request target exactly as sent.</param>
    public string Sign(string edge, string clientAddress, DateTimeOffset now, string method, string rawTarget)
    {
        var seconds = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return $"{edge};{clientAddress};{seconds};{Mac(edge, clientAddress, seconds, method, rawTarget)}";
    }

    /// <summary>Checks a header's value; false when it is malformed, too old or not made with the cluster secret.</summary>
    public bool TryVerify(string header, DateTimeOffset now, string method, string rawTarget, out string edge, out string clientAddress)
    {
        edge = clientAddress = string.Empty;
        var fields = header.Split(';');
        if (fields.Length != 4 || !long.TryParse(fields[2], NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ||
            Math.Abs(now.ToUnixTimeSeconds() - seconds) > (long)MaxSkew.TotalSeconds)
        {
            return false;
        }

        var expected = Mac(fields[0], fields[1], fields[2], method, rawTarget);
        if (!CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(expected), Encoding.UTF8.GetBytes(fields[3])))
        {
            return false;
        }

        (edge, clientAddress) = (fields[0], fields[1]);
        return true;
    }

    private string Mac(string edge, string clientAddress, string seconds, string method, string rawTarget) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes($"{edge}\n{clientAddress}\n{seconds}\n{method}\n{rawTarget}")));
}
