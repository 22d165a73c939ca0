using EdgeCache.Shared.Replication;
using EdgeCache.Shared.SigV4;

namespace EdgeCache.Edge.Upstream;

/// <summary>The deployment's control plane as an edge sees it: its change stream, and what it is asked.</summary>
internal sealed class ControlPlane(ChangeStream changes, InternalApiClient api)
{
    public ChangeStream Changes => changes;

    public bool FailedRecently => api.FailedRecently;

    /// <summary>Asks for the derived key of one scope.</summary>
    public async Task<(UpstreamFault Fault, SigningKeyReply? Reply)> SigningKeyAsync(string accessKeyId, SigV4Scope scope, CancellationToken cancellationToken)
    {
        var (fault, found, reply) = await api.GetAsync(
            $"{InternalApi.SigningKey}?accessKeyId={Uri.EscapeDataString(accessKeyId)}&date={Uri.EscapeDataString(scope.Date)}" +
            $"&region={Uri.EscapeDataString(scope.Region)}&service={Uri.EscapeDataString(scope.Service)}",
            InternalJson.Default.SigningKeyReply, cancellationToken);
        return (fault, found ? reply : new SigningKeyReply(false, null, null, null, null, 0));
    }

    /// <summary>Asks for the facts of an organization; none and no fault when there is no such organization.</summary>
    public async Task<(UpstreamFault Fault, OrganizationFacts? Facts)> OrganizationAsync(string id, CancellationToken cancellationToken)
    {
        var (fault, _, facts) = await api.GetAsync(
            InternalApi.Organization.Replace("{organization}", Uri.EscapeDataString(id), StringComparison.Ordinal),
            InternalJson.Default.OrganizationFacts, cancellationToken);
        return (fault, facts);
    }

    /// <summary>Asks where a bucket lives; no entry and no fault when nowhere.</summary>
    public async Task<(UpstreamFault Fault, DirectoryEntry? Entry)> FindBucketAsync(string bucket, CancellationToken cancellationToken)
    {
        var (fault, _, entry) = await api.GetAsync(
            InternalApi.DirectoryBucket.Replace("{bucket}", bucket, StringComparison.Ordinal), InternalJson.Default.DirectoryEntry, cancellationToken);
        return (fault, entry);
    }
}
