using EdgeCache.Origin.Identity;
using EdgeCache.Shared.Replication;
using EdgeCache.Shared.SigV4;

namespace EdgeCache.Origin.Authentication;

/// <summary>Derives signing keys from the secrets in the identity database. The secrets go no further.</summary>
internal sealed class LocalSigningKeys(AccessKeyStore keys, TimeProvider time) : ISigningKeySource
{
    public ValueTask<SigningKeyReply?> DeriveAsync(string accessKeyId, SigV4Scope scope, CancellationToken cancellationToken) =>
        ValueTask.FromResult<SigningKeyReply?>(Derive(accessKeyId, scope));

    public SigningKeyReply Derive(string accessKeyId, SigV4Scope scope)
    {
        var (key, asOf) = keys.Find(accessKeyId);
        return key is null || !key.IsUsable(time.GetUtcNow())
            ? new SigningKeyReply(Found: false, null, null, null, null, asOf)
            : new SigningKeyReply(
                Found: true, SigningKey.Derive(key.Secret, scope).ToArray(), key.ToPrincipal(), key.ExpiresAt, key.SessionTokenSha256, asOf);
    }
}
