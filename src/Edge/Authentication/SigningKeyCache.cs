using System.Globalization;
using EdgeCache.Edge.Caching;
using EdgeCache.Edge.Pipeline;
using EdgeCache.Edge.Upstream;
using EdgeCache.Shared.Primitives;
using EdgeCache.Shared.Replication;
using EdgeCache.Shared.SigV4;

namespace EdgeCache.Edge.Authentication;

/// <summary>What a signing key is looked up by.</summary>
internal readonly record struct SigningKeyName(string AccessKeyId, SigV4Scope Scope);

/// <summary>
/// The derived signing keys of one date and region each, with whom they belong to. Never on disk. While the control feed is live, a cached key
/// that no record refutes is in force; when it is silent the control plane is asked; when that can't be reached either, a cached key serves until
/// the configured limit of silence, and after it nothing is verified: the edge fails closed. Made-up access keys cost the control plane no more than
/// the budget, and what they cost is not taken from keys that exist.
/// </summary>
internal sealed class SigningKeyCache(
    ControlPlane controlPlane, MetadataCache store, QuestionBudget budget, TimeSpan maxSilence, TimeProvider time, EdgeMetrics metrics, CancellationToken stopping)
    : FactCache<SigningKeyName, SigningKeyReply>(store, maxSilence, inMemory: true, time, metrics, stopping)
{
    protected override string Kind => "key";

    /// <summary>Ids that name nothing are remembered for a short time only, so that they don't fill the memory.</summary>
    protected override TimeSpan? AbsenceLifetime => TimeSpan.FromSeconds(10);

    protected override ChangeStream Stream(SigningKeyName name) => controlPlane.Changes;

    protected override string StoreKey(SigningKeyName name) => $"k/{name.Scope.Date}/{name.Scope.Region}/{name.Scope.Service}/{name.AccessKeyId}";

    protected override bool TryWriteStoreKey(SigningKeyName name, Span<char> key, out int length) =>
        key.TryWrite(CultureInfo.InvariantCulture, $"k/{name.Scope.Date}/{name.Scope.Region}/{name.Scope.Service}/{name.AccessKeyId}", out length);

    protected override bool Covers(SigningKeyName name, CachedFact<SigningKeyReply> entry)
    {
        var changes = controlPlane.Changes;
        return changes.Covers(entry.Stamp, ChangeName.AccessKey(name.AccessKeyId)) &&
            (entry.Fact?.Principal is not { } principal || changes.Covers(entry.Stamp, ChangeName.Principal(principal.Name)));
    }

    protected override bool FailedRecently(SigningKeyName name) => controlPlane.FailedRecently;

    protected override async Task<(UpstreamFault Fault, SigningKeyReply? Fact, long AsOf)> QueryAsync(
        SigningKeyName name, CancellationToken cancellationToken)
    {
        if (!budget.TryTake(name.AccessKeyId))
        {
            return (UpstreamFault.Limited, null, 0);
        }

        var (fault, reply) = await controlPlane.SigningKeyAsync(name.AccessKeyId, name.Scope, cancellationToken);
        var found = reply is { Found: true, Principal: not null, Key.Length: SigningKey.Length };
        if (found)
        {
            budget.Found(name.AccessKeyId);
        }

        return (fault, found ? reply : null, reply?.AsOfSequence ?? 0);
    }
}
