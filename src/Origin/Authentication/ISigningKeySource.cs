using EdgeCache.Shared.Iam;
using EdgeCache.Shared.Replication;
using EdgeCache.Shared.SigV4;

namespace EdgeCache.Origin.Authentication;

/// <summary>Where derived signing keys come from: the identity database on the control plane's host, HTTP elsewhere.</summary>
internal interface ISigningKeySource
{
    /// <summary>Derives the signing key of a scope; null when the control plane can't be reached.</summary>
    ValueTask<SigningKeyReply?> DeriveAsync(string accessKeyId, SigV4Scope scope, CancellationToken cancellationToken);

    /// <summary>
    /// Verifies a form's policy by version 2 of signatures, which only who has the secrets can. The principal when it is right; whether the key is known
    /// otherwise, null when there are no secrets here.
    /// </summary>
    ValueTask<(bool? IsKnown, Principal? Principal)> VerifyPolicyAsync(string accessKeyId, string policy, string signature, string? sessionToken);
}
