using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace EdgeCache.Edge.Peers;

/// <summary>
/// How the edges of a datacenter prove to each other that they belong to the deployment. Both directions use a key derived from the cluster secret,
/// which itself is never sent. A request carries <c>Authorization: EdgeCache-Peer name;unix-milliseconds;nonce;hex-mac</c>, where the MAC covers these, the
/// method and the request target with all that is asked for in it: it is good for that one range, for <see cref="MaxSkew"/>. The answer carries a MAC
/// over the request's and the answering edge's name, so that nobody who took a peer's address over can answer in its place.
/// </summary>
internal sealed class PeerAuthentication(string clusterSecret)
{
    /// <summary>The answer's header with the proof that it comes from a peer.</summary>
    public const string ProofHeader = "x-edgecache-peer-proof";

    /// <summary>How far apart the clocks of two edges may be, and for how long a request can be sent again by whoever saw it.</summary>
    public static readonly TimeSpan MaxSkew = TimeSpan.FromMinutes(1);

    private const string Scheme = "EdgeCache-Peer ";
    private const int NonceBytes = 8;
    private const int Fields = 4;

    private readonly byte[] _key = HMACSHA256.HashData(Encoding.UTF8.GetBytes(clusterSecret), "edgecache peers v1"u8);

    /// <summary>Makes the Authorization header of a request.</summary>
    /// <param name="name">The edge that asks; without <c>;</c>.</param>
    /// <param name="now">The current time.</param>
    /// <param name="method">The request's method.</param>
    /// <param name="target">The request's path and query, exactly as they are sent.</param>
    public string Sign(string name, DateTimeOffset now, string method, string target)
    {
        var statement = string.Create(
            CultureInfo.InvariantCulture,
            $"{name};{now.ToUnixTimeMilliseconds()};{RandomNumberGenerator.GetHexString(2 * NonceBytes, lowercase: true)}");
        return $"{Scheme}{statement};{Mac("request", statement, method, target)}";
    }

    /// <summary>The name of the edge that signed a request; null when the header is malformed, too old, or not made with the cluster secret for this request.</summary>
    /// <param name="authorization">The header's value.</param>
    /// <param name="now">The current time.</param>
    /// <param name="method">The request's method.</param>
    /// <param name="target">The request's path and query, exactly as they came.</param>
    public string? Verify(string authorization, DateTimeOffset now, string method, string target)
    {
        if (!authorization.StartsWith(Scheme, StringComparison.Ordinal))
        {
            return null;
        }

        var fields = authorization[Scheme.Length..].Split(';');
        if (fields.Length != Fields || !long.TryParse(fields[1], NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds) ||
            Math.Abs(now.ToUnixTimeMilliseconds() - milliseconds) > (long)MaxSkew.TotalMilliseconds)
        {
            return null;
        }

        return AreEqual(Mac("request", string.Join(';', fields[..^1]), method, target), fields[^1]) ? fields[0] : null;
    }

    /// <summary>What the answer to a request proves its origin with.</summary>
    /// <param name="authorization">The request's header.</param>
    /// <param name="name">The edge that answers.</param>
    public string Prove(string authorization, string name) => Mac("answer", authorization, name, string.Empty);

    /// <summary>Whether an answer comes from the edge of that name.</summary>
    /// <param name="proof">The answer's header; null when it has none.</param>
    /// <param name="authorization">The request's header.</param>
    /// <param name="name">The edge that should have answered.</param>
    public bool IsProof(string? proof, string authorization, string name) => proof is not null && AreEqual(Prove(authorization, name), proof);

    private string Mac(string purpose, string first, string second, string third) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes($"{purpose}\n{first}\n{second}\n{third}")));

    private static bool AreEqual(string expected, string given) =>
        CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(expected), Encoding.UTF8.GetBytes(given));
}
