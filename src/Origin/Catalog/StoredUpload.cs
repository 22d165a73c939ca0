using System.Collections.Immutable;
using EdgeCache.Origin.Blobs;
using EdgeCache.Shared.Checksums;
using EdgeCache.Shared.Iam;
using EdgeCache.Shared.Replication;
using EdgeCache.Shared.S3.Encryption;
using EdgeCache.Shared.S3.Locking;

namespace EdgeCache.Origin.Catalog;

/// <summary>A multipart upload to begin.</summary>
internal record NewUpload
{
    /// <summary>The bucket.</summary>
    public required long BucketId { get; init; }

    /// <summary>The object's key.</summary>
    public required string Key { get; init; }

    /// <summary>The organization that will own the object.</summary>
    public required string OwnerOrganizationId { get; init; }

    /// <summary>The principal who began it.</summary>
    public required string Initiator { get; init; }

    /// <summary>As <see cref="VersionFacts.Headers"/>.</summary>
    public ImmutableSortedDictionary<string, string> Headers { get; init; } = StringMap.Empty;

    /// <summary>As <see cref="VersionFacts.UserMetadata"/>.</summary>
    public ImmutableSortedDictionary<string, string> UserMetadata { get; init; } = StringMap.Empty;

    /// <summary>Tags, name to value.</summary>
    public ImmutableSortedDictionary<string, string> Tags { get; init; } = StringMap.EmptyTags;

    /// <summary>The checksum that parts and object will have; null when the client chose none.</summary>
    public ChecksumAlgorithm? ChecksumAlgorithm { get; init; }

    /// <summary>What the object's checksum will cover; null when the client chose none.</summary>
    public ChecksumType? ChecksumType { get; init; }

    /// <summary>The storage class.</summary>
    public string StorageClass { get; init; } = "STANDARD";

    /// <summary>The canned ACL.</summary>
    public CannedAcl Acl { get; init; }

    /// <summary>Exactly what is granted; null when the canned ACL holds.</summary>
    public ImmutableArray<AclGrant>? Grants { get; init; }

    /// <summary>As <see cref="NewVersion.Retention"/>.</summary>
    public ObjectRetention? Retention { get; init; }

    /// <summary>As <see cref="VersionFacts.LegalHold"/>.</summary>
    public bool? LegalHold { get; init; }

    /// <summary>With whose key its bytes are encrypted.</summary>
    public ObjectEncryption Encryption { get; init; }

    /// <summary>As <see cref="VersionFacts.CustomerKeyCheck"/>.</summary>
    public string? CustomerKeyCheck { get; init; }
}

/// <summary>A multipart upload.</summary>
internal sealed record StoredUpload : NewUpload
{
    /// <summary>Its id: unique, sorting by time of initiation.</summary>
    public required string UploadId { get; init; }

    /// <summary>When it was begun, whole seconds.</summary>
    public required DateTimeOffset InitiatedAt { get; init; }

    /// <summary>Whether it was completed already: it then only answers a repeated completion.</summary>
    public required bool IsCompleted { get; init; }
}

/// <summary>A part to store. Its blobs belong to the caller until it was put, and to the catalog from then on.</summary>
internal sealed record NewPart
{
    /// <summary>The bucket.</summary>
    public required long BucketId { get; init; }

    /// <summary>The object's key.</summary>
    public required string Key { get; init; }

    /// <summary>The upload.</summary>
    public required string UploadId { get; init; }

    /// <summary>1 to 10,000; a part of this number that exists is replaced.</summary>
    public required int PartNumber { get; init; }

    /// <summary>The bytes.</summary>
    public required ImmutableArray<BlobSegment> Segments { get; init; }

    /// <summary>The MD5 as 32 hex digits, without quotes.</summary>
    public required string ETag { get; init; }

    /// <summary>As <see cref="NewVersion.QuotaBytes"/>.</summary>
    public long? QuotaBytes { get; init; }

    /// <summary>The part's checksum (<see cref="ChecksumType.FullObject"/>), if there is one.</summary>
    public ObjectChecksum? Checksum { get; init; }
}

/// <summary>A stored part.</summary>
/// <param name="PartNumber">1 to 10,000.</param>
/// <param name="Size">In bytes.</param>
/// <param name="ETag">The MD5 as 32 hex digits, without quotes.</param>
/// <param name="Checksum">Its checksum, if there is one.</param>
/// <param name="LastModified">When it was stored, whole seconds.</param>
internal sealed record StoredPart(int PartNumber, long Size, string ETag, ObjectChecksum? Checksum, DateTimeOffset LastModified);

/// <summary>A page of parts in order of their numbers.</summary>
/// <param name="Upload">The upload.</param>
/// <param name="Parts">The parts.</param>
/// <param name="IsTruncated">Whether more follow the last one.</param>
internal sealed record PartPage(StoredUpload Upload, IReadOnlyList<StoredPart> Parts, bool IsTruncated);
