using System.Security.Cryptography;
using System.Text;
using EdgeCache.Origin.Hosting;

namespace EdgeCache.Origin.Replication;

/// <summary>Lets only the tiers of this deployment use the internal API: they know the cluster secret.</summary>
internal sealed class ClusterAuthentication(OriginOptions options)
{
    private const string Scheme = "Bearer ";

    // Hashes of equal length: the comparison takes the same time however much of the secret a guess has right, or how long it is.
    private readonly byte[] _expected = SHA256.HashData(Encoding.UTF8.GetBytes(options.ClusterSecret));

    public bool IsMember(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        return header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) &&
               CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(header[Scheme.Length..])), _expected);
    }
}
