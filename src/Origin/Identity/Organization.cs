using System.Collections.Immutable;

namespace EdgeCache.Origin.Identity;

/// <summary>An organization: whoever owns buckets and keys.</summary>
internal sealed record Organization
{
    /// <summary>The longest id, in characters.</summary>
    public const int MaxIdLength = 63;

    /// <summary>Its id, which is also its canonical id in ACLs.</summary>
    public required string Id { get; init; }

    public required string DisplayName { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Whether all its requests are refused.</summary>
    public bool IsSuspended { get; init; }

    /// <summary>Whether what is done through the control plane's API is recorded.</summary>
    public bool AuditsControlPlane { get; init; }

    /// <summary>Whether requests to its buckets are recorded, where a bucket's own setting doesn't say otherwise.</summary>
    public bool AuditsBuckets { get; init; }

    /// <summary>The most bytes that it may keep in a region that <see cref="Quotas"/> doesn't name; null for the deployment's default.</summary>
    public long? DefaultQuota { get; init; }

    /// <summary>The most bytes that it may keep, by region.</summary>
    public ImmutableSortedDictionary<string, long> Quotas { get; init; } = ImmutableSortedDictionary<string, long>.Empty;

    /// <summary>Whether an operator may give an organization this id: lower-case letters, digits and inner hyphens.</summary>
    public static bool IsValidId(string id) =>
        id.Length is > 0 and <= MaxIdLength && id[0] != '-' && id[^1] != '-' && id.All(static c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');
}
