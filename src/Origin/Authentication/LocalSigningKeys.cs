using System.Security.Cryptography;
using System.Text;
using EdgeCache.Origin.Identity;
using EdgeCache.Shared.Iam;
using EdgeCache.Shared.Replication;
using EdgeCache.Shared.SigV4;

namespace EdgeCache.Origin.Authentication;

/// <summary>Derives signing keys from the secrets in the identity database. The secrets go no further.</summary>
internal sealed class LocalSigningKeys(AccessKeyStore keys, TimeProvider time) : ISigningKeySource
{
    public ValueTask<SigningKeyReply?> DeriveAsync(string accessKeyId, SigV4Scope scope, CancellationToken cancellationToken) =>
        ValueTask.FromResult<SigningKeyReply?>(Derive(accessKeyId, scope));

    public ValueTask<(bool? IsKnown, Principal? Principal)> VerifyPolicyAsync(string accessKeyId, string policy, string signature, string? sessionToken)
    {
        var (key, _) = keys.Find(accessKeyId);
        if (key is null || !key.IsUsable(time.GetUtcNow()))
        {
            return ValueTask.FromResult<(bool?, Principal?)>((false, null));
        }

        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA1, Encoding.UTF8.GetBytes(key.Secret));
        hmac.AppendData(Encoding.UTF8.GetBytes(policy));
        var expected = Encoding.ASCII.GetBytes(Convert.ToBase64String(hmac.GetHashAndReset()));
        var isRight = CryptographicOperations.FixedTimeEquals(expected, Encoding.UTF8.GetBytes(signature)) &&
            Authenticator.CheckSessionToken(sessionToken, key.SessionTokenSha256) is null;
        return ValueTask.FromResult<(bool?, Principal?)>((true, isRight ? key.ToPrincipal() : null));
    }

    public SigningKeyReply Derive(string accessKeyId, SigV4Scope scope)
    {
        var (key, asOf) = keys.Find(accessKeyId);
        return key is null || !key.IsUsable(time.GetUtcNow())
            ? new SigningKeyReply(Found: false, null, null, null, null, asOf)
            : new SigningKeyReply(
                Found: true, SigningKey.Derive(key.Secret, scope).ToArray(), key.ToPrincipal(), key.ExpiresAt, key.SessionTokenSha256, asOf);
    }
}
