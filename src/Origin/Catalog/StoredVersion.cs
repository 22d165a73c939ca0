using System.Collections.Immutable;
using EdgeCache.Origin.Blobs;
using EdgeCache.Shared.Iam;
using EdgeCache.Shared.Primitives;
using EdgeCache.Shared.Replication;
using EdgeCache.Shared.S3.Encryption;
using EdgeCache.Shared.S3.Locking;

namespace EdgeCache.Origin.Catalog;

/// <summary>A version and where its bytes are.</summary>
/// <param name="Facts">What is known of it.</param>
/// <param name="Segments">Its bytes in order; empty for an empty object, a delete marker, or when they were not asked for.</param>
internal sealed record StoredVersion(VersionFacts Facts, ImmutableArray<BlobSegment> Segments);

/// <summary>The answer to a look-up, read in one snapshot.</summary>
/// <param name="Version">The version, which may be a delete marker; null when there is none.</param>
/// <param name="AsOfSequence">The feed position of the snapshot.</param>
internal sealed record VersionLookup(StoredVersion? Version, long AsOfSequence);

/// <summary>A version to create. Its blobs belong to the caller until the put succeeded, and to the catalog from then on.</summary>
internal sealed record NewVersion
{
    /// <summary>The bucket.</summary>
    public required long BucketId { get; init; }

    /// <summary>The object's key.</summary>
    public required string Key { get; init; }

    /// <summary>The identity of the bytes, fresh.</summary>
    public required Generation Generation { get; init; }

    /// <summary>The blobs, in order; their lengths add up to the object's size.</summary>
    public required ImmutableArray<BlobSegment> Segments { get; init; }

    /// <summary>The entity tag without quotes.</summary>
    public required string ETag { get; init; }

    /// <summary>The organization that owns the object.</summary>
    public required string OwnerOrganizationId { get; init; }

    /// <summary>What the bucket's owner may hold in this region, in bytes; null for as much as there is room. What grows beyond is QuotaExceeded.</summary>
    public long? QuotaBytes { get; init; }

    /// <summary>As <see cref="VersionFacts.Headers"/>.</summary>
    public ImmutableSortedDictionary<string, string> Headers { get; init; } = StringMap.Empty;

    /// <summary>As <see cref="VersionFacts.UserMetadata"/>.</summary>
    public ImmutableSortedDictionary<string, string> UserMetadata { get; init; } = StringMap.Empty;

    /// <summary>Tags, name to value.</summary>
    public ImmutableSortedDictionary<string, string> Tags { get; init; } = StringMap.EmptyTags;

    /// <summary>As <see cref="VersionFacts.Checksum"/>.</summary>
    public ObjectChecksum? Checksum { get; init; }

    /// <summary>As <see cref="VersionFacts.PartSizes"/>.</summary>
    public ImmutableArray<long> PartSizes { get; init; } = [];

    /// <summary>As <see cref="VersionFacts.PartChecksums"/>.</summary>
    public ImmutableArray<string> PartChecksums { get; init; } = [];

    /// <summary>The storage class.</summary>
    public string StorageClass { get; init; } = "STANDARD";

    /// <summary>The canned ACL.</summary>
    public CannedAcl Acl { get; init; }

    /// <summary>Exactly what is granted; null when the canned ACL holds.</summary>
    public ImmutableArray<AclGrant>? Grants { get; init; }

    /// <summary>Until when it can't be deleted; null for what the bucket gives to new versions.</summary>
    public ObjectRetention? Retention { get; init; }

    /// <summary>As <see cref="VersionFacts.LegalHold"/>.</summary>
    public bool? LegalHold { get; init; }

    /// <summary>With whose key its bytes are encrypted.</summary>
    public ObjectEncryption Encryption { get; init; }

    /// <summary>As <see cref="VersionFacts.CustomerKeyCheck"/>.</summary>
    public string? CustomerKeyCheck { get; init; }
}

/// <summary>A version that was made, durably.</summary>
/// <param name="Facts">What is known of it.</param>
/// <param name="Sequence">The feed position of the change.</param>
internal sealed record CommittedVersion(VersionFacts Facts, long Sequence);

/// <summary>What a deletion did, durably.</summary>
/// <param name="VersionId">The version id of the marker that was made or of the version that was removed; empty when the bucket was never versioned.</param>
/// <param name="IsDeleteMarker">Whether a delete marker was made or removed.</param>
/// <param name="Changed">Whether there was anything to do.</param>
/// <param name="Sequence">The feed position of the change, or the newest when there was none.</param>
internal sealed record DeletedVersion(string VersionId, bool IsDeleteMarker, bool Changed, long Sequence);
