using System.Collections.Immutable;
using EdgeCache.Shared.Iam.Policies;

namespace EdgeCache.Shared.Replication;

/// <summary>What every tier must know of an organization in order to decide the requests of its callers.</summary>
public sealed record OrganizationFacts
{
    /// <summary>The quota of a region for which none is set: 30 TB.</summary>
    public const long StandardQuotaBytes = 30_000_000_000_000;

    /// <summary>The organization's id.</summary>
    public required string Id { get; init; }

    /// <summary>Whether the operator has suspended it: its callers are denied everything.</summary>
    public bool IsSuspended { get; init; }

    /// <summary>Its access policies. Without any, its callers are denied everything.</summary>
    public ImmutableArray<AccessPolicy> Policies { get; init; } = [];

    /// <summary>What is written to its audit bucket.</summary>
    public OrganizationAudit Audit { get; init; } = new(false, false);

    /// <summary>Buckets whose own setting turns the audit of requests on.</summary>
    public ImmutableArray<string> AuditedBuckets { get; init; } = [];

    /// <summary>Buckets whose own setting turns the audit of requests off.</summary>
    public ImmutableArray<string> UnauditedBuckets { get; init; } = [];

    /// <summary>How much it may store in a region, in bytes.</summary>
    public long DefaultQuotaBytes { get; init; } = StandardQuotaBytes;

    /// <summary>Region to quota in bytes, where it differs.</summary>
    public ImmutableSortedDictionary<string, long> QuotaBytes { get; init; } = ImmutableSortedDictionary<string, long>.Empty;

    /// <summary>The position of the control plane's feed at which these facts were read.</summary>
    public long AsOfSequence { get; init; }
}

/// <summary>The audit settings of an organization.</summary>
/// <param name="ControlPlane">Whether control-plane operations are recorded.</param>
/// <param name="Buckets">Whether requests to buckets are recorded that have no setting of their own.</param>
public sealed record OrganizationAudit(bool ControlPlane, bool Buckets);
