using System.Text.Json.Serialization;
using EdgeCache.Shared.Audit;
using EdgeCache.Shared.Iam;
using EdgeCache.Shared.SigV4;

namespace EdgeCache.Shared.Replication;

/// <summary>
/// Paths of the API between tiers, served on admin listeners only and authenticated by <c>Authorization: Bearer &lt;cluster secret&gt;</c>.
/// </summary>
public static class InternalApi
{
    /// <summary>GET, on an origin: the region's change feed (<see cref="FeedFrame"/> lines). Query: <c>epoch</c>, <c>after</c>.</summary>
    public const string Feed = "/internal/v1/feed";

    /// <summary>GET, on an origin: <see cref="BucketFacts"/> of <c>{bucket}</c>, or 404.</summary>
    public const string Bucket = "/internal/v1/buckets/{bucket}";

    /// <summary>PUT, on an origin: sets what the control plane's API sets of <c>{bucket}</c>; answers <see cref="BucketFacts"/>, or 404. Query: <c>strongReads</c>.</summary>
    public const string BucketSettings = "/internal/v1/buckets/{bucket}/settings";

    /// <summary>GET, on an origin: <see cref="ResolveReply"/>. Query: <c>bucket</c>, <c>key</c>, optional <c>versionId</c>.</summary>
    public const string Resolve = "/internal/v1/resolve";

    /// <summary>
    /// GET, on an origin: <see cref="ObjectsReply"/>, a page of at most <see cref="ObjectsReply.MaxEntries"/>. Query: <c>bucket</c>, optional
    /// <c>prefix</c>, <c>after</c>, <c>versions</c> (<c>true</c>: all versions of each key, then also <c>afterVersion</c>).
    /// </summary>
    public const string Objects = "/internal/v1/objects";

    /// <summary>GET, on an origin: <see cref="RegionUsage"/> of the organization <c>owner</c> (query).</summary>
    public const string Usage = "/internal/v1/usage";

    /// <summary>GET, on an origin: <see cref="BucketUsage"/> of <c>{bucket}</c>, or 404.</summary>
    public const string BucketUsage = "/internal/v1/usage/{bucket}";

    /// <summary>GET, on the control plane: its own change feed.</summary>
    public const string ControlFeed = "/internal/v1/control/feed";

    /// <summary>GET, on the control plane: <see cref="SigningKeyReply"/>. Query: <c>accessKeyId</c>, <c>date</c>, <c>region</c>, <c>service</c>.</summary>
    public const string SigningKey = "/internal/v1/control/signing-key";

    /// <summary>GET, on the control plane: <see cref="DirectoryEntry"/> list, optionally of one <c>owner</c>.</summary>
    public const string Directory = "/internal/v1/control/directory";

    /// <summary>GET, PUT (reserve; 409 with the existing entry), DELETE, on the control plane: one <see cref="DirectoryEntry"/>.</summary>
    public const string DirectoryBucket = "/internal/v1/control/directory/{bucket}";

    /// <summary>PUT, on the control plane: a batch of audit records, gzip of JSON lines. 204 when it is stored, now or before; 409 when it never can be.</summary>
    public const string AuditBatch = "/internal/v1/control/audit/{organization}/{plane}/{batch}";

    /// <summary>The path of one <see cref="AuditBatch"/>.</summary>
    public static string PathOfAuditBatch(string organizationId, AuditPlane plane, AuditBatchId batch) =>
        $"/internal/v1/control/audit/{Uri.EscapeDataString(organizationId)}/{AuditPlanes.Name(plane)}/{batch}";

    /// <summary>GET, on the control plane: <see cref="OrganizationFacts"/> of <c>{organization}</c>, or 404.</summary>
    public const string Organization = "/internal/v1/control/organizations/{organization}";
}

/// <summary>The answer to a resolution: which version a key (and version id) names.</summary>
/// <param name="BucketExists">Whether the region has the bucket.</param>
/// <param name="Version">The version, which may be a delete marker; null when there is none.</param>
/// <param name="AsOfSequence">The feed position at which this was read.</param>
public sealed record ResolveReply(bool BucketExists, VersionFacts? Version, long AsOfSequence);

/// <summary>A page of the objects of a bucket, in byte order of their keys.</summary>
/// <param name="BucketExists">Whether the region has the bucket.</param>
/// <param name="Objects">The versions, without delete markers.</param>
/// <param name="IsTruncated">Whether more follow.</param>
/// <param name="NextKey">What to give as <c>after</c> for the next page.</param>
/// <param name="NextVersionId">What to give as <c>afterVersion</c> for the next page; empty when only current versions are listed.</param>
public sealed record ObjectsReply(bool BucketExists, IReadOnlyList<ObjectEntry> Objects, bool IsTruncated, string NextKey, string NextVersionId)
{
    /// <summary>The most entries of a page: with the longest keys, every byte of them escaped, it stays under a megabyte.</summary>
    public const int MaxEntries = 128;
}

/// <summary>One object of a listing between tiers.</summary>
/// <param name="Key">Its key.</param>
/// <param name="VersionId">The version id; <c>null</c> (the text) for the null version.</param>
/// <param name="Size">Its length, in bytes.</param>
public sealed record ObjectEntry(string Key, string VersionId, long Size);

/// <summary>The answer to a question for a derived signing key.</summary>
/// <param name="Found">Whether the access key exists and is neither revoked nor expired.</param>
/// <param name="Key">The SigV4 signing key of the asked-for date, region and service: 32 bytes; null when not found.</param>
/// <param name="Principal">Who the key belongs to; null when not found.</param>
/// <param name="ExpiresAt">When the access key expires; null for a permanent one.</param>
/// <param name="SessionTokenSha256">SHA-256 of the session token that must accompany requests, lower-case hex; null when none is needed.</param>
/// <param name="AsOfSequence">The control feed's position at which this was read.</param>
public sealed record SigningKeyReply(
    bool Found, byte[]? Key, Principal? Principal, DateTimeOffset? ExpiresAt, string? SessionTokenSha256, long AsOfSequence)
{
    /// <summary>The key, made ready once for all signatures that are verified with it; null when not found.</summary>
    [JsonIgnore]
    public SigningKey? SigningKey => Key is null ? null : field ??= new SigningKey(Key);
}

/// <summary>Where a bucket lives.</summary>
/// <param name="Bucket">Its name.</param>
/// <param name="Region">Its home region.</param>
/// <param name="OwnerOrganizationId">The organization that owns it.</param>
/// <param name="CreatedAt">When it was created.</param>
/// <param name="AsOfSequence">The control feed's position at which this was read.</param>
public sealed record DirectoryEntry(string Bucket, string Region, string OwnerOrganizationId, DateTimeOffset CreatedAt, long AsOfSequence);
