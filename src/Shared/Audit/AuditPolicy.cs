using EdgeCache.Shared.Replication;

namespace EdgeCache.Shared.Audit;

/// <summary>What is recorded.</summary>
public static class AuditPolicy
{
    /// <summary>Whether requests to a bucket are recorded: as its own setting says, else as its owner's default does.</summary>
    /// <param name="owner">The facts of the bucket's owner.</param>
    /// <param name="bucket">The bucket; empty for requests above buckets, to which the default applies.</param>
    public static bool IsAudited(OrganizationFacts owner, string bucket) => owner.Audit.Buckets
        ? owner.UnauditedBuckets.IsEmpty || !owner.UnauditedBuckets.Contains(bucket, StringComparer.Ordinal)
        : !owner.AuditedBuckets.IsEmpty && owner.AuditedBuckets.Contains(bucket, StringComparer.Ordinal);
}
