namespace EdgeCache.Edge.Storage.Eviction;

/// <summary>What an organization is sure of and held to, as parts of the capacity.</summary>
/// <param name="Organization">Who owns the buckets.</param>
/// <param name="Floor">Up to this share its chunks outlive others'; 0: none.</param>
/// <param name="Cap">Beyond this share none of its chunks is admitted; 1: no cap.</param>
internal sealed record CacheShare(string Organization, double Floor, double Cap);

/// <summary>What an organization has in the cache.</summary>
/// <param name="Organization">Its name; empty for all that are not configured, together.</param>
/// <param name="Bytes">The disk space of its records.</param>
/// <param name="FloorBytes">What it is sure of.</param>
/// <param name="CapBytes">What it is held to; null: nothing.</param>
/// <param name="Refused">Chunks and blocks that its cap kept out.</param>
internal readonly record struct OrganizationState(string Organization, long Bytes, long FloorBytes, long? CapBytes, long Refused)
{
    /// <summary>The same organization on two drives together.</summary>
    public static OrganizationState operator +(OrganizationState a, OrganizationState b) =>
        new(a.Organization, a.Bytes + b.Bytes, a.FloorBytes + b.FloorBytes, a.CapBytes + b.CapBytes, a.Refused + b.Refused);
}
