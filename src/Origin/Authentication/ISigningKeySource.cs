using EdgeCache.Shared.Replication;
using EdgeCache.Shared.SigV4;

namespace EdgeCache.Origin.Authentication;

/// <summary>Where derived signing keys come from: the identity database on the control plane's host, HTTP elsewhere.</summary>
internal interface ISigningKeySource
{
    /// <summary>Derives the signing key of a scope; null when the control plane can't be reached.</summary>
    ValueTask<SigningKeyReply?> DeriveAsync(string accessKeyId, SigV4Scope scope, CancellationToken cancellationToken);
}
