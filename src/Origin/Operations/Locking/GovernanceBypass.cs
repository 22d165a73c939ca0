using EdgeCache.Origin.Authorization;
using EdgeCache.Origin.Catalog;
using EdgeCache.Origin.Pipeline;
using EdgeCache.Shared.Iam;
using EdgeCache.Shared.Replication;
using EdgeCache.Shared.S3.Locking;

namespace EdgeCache.Origin.Operations.Locking;

/// <summary>Whether a request passes over a retention in governance mode: it must say so, and its caller be allowed to.</summary>
internal static class GovernanceBypass
{
    private const string Action = "s3:BypassGovernanceRetention";

    /// <summary>
    /// Decides where it matters: for a version that is retained in governance mode now. Clients may send the header always, and who has no need of the
    /// permission is not refused for want of it.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="version">The version that is to be removed or given another retention.</param>
    /// <param name="entry">The entry of a request that names many.</param>
    public static Outcome<bool> Decide(OperationContext context, VersionFacts? version, BatchEntry? entry = null)
    {
        if (version?.Retention is not { Mode: ObjectLockMode.Governance } retention || !retention.IsActive(context.Services.Time.GetUtcNow()) ||
            !string.Equals(context.Header(ObjectLockHeaders.Bypass), "true", StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        var target = new DecisionTarget(Action, version.Bucket, version.Key, context.Bucket.Facts, ObjectAccess.Of(version), version.VersionId);
        return (entry is null ? context.Decide(target) : context.Decide(target, entry)) is { } refused ? refused : true;
    }
}
