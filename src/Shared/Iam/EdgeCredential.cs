using System.Security.Cryptography;
using System.Text;

namespace EdgeCache.Shared.Iam;

/// <summary>
/// The access key with which the edges of a deployment sign their own reads at an origin. Both sides derive it from the cluster secret,
/// so it is never stored and never sent.
/// </summary>
/// <param name="AccessKeyId">Always <see cref="WellKnownAccessKeyId"/>.</param>
/// <param name="SecretKey">The secret that SigV4 signing keys are derived from.</param>
public sealed record EdgeCredential(string AccessKeyId, string SecretKey)
{
    /// <summary>The access key id that names an edge rather than a user.</summary>
    public const string WellKnownAccessKeyId = "EDGECACHE-EDGE";

    /// <summary>The header by which an edge asks for one exact generation; an origin answers 412 when the version that it would serve is another.</summary>
    public const string GenerationHeader = "x-edgecache-generation";

    /// <summary>The prefix of headers that only edges and origins exchange: never accepted from a client, never shown to one.</summary>
    public const string InternalHeaderPrefix = "x-edgecache-";

    /// <summary>Derives the credential of a deployment.</summary>
    public static EdgeCredential FromClusterSecret(string clusterSecret) =>
        new(WellKnownAccessKeyId, Convert.ToHexStringLower(
            HMACSHA256.HashData(Encoding.UTF8.GetBytes(clusterSecret), "edgecache edge credential v1"u8)));
}
