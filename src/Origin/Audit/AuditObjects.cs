using System.Security.Cryptography;
using EdgeCache.Origin.Blobs;
using EdgeCache.Origin.Catalog;
using EdgeCache.Origin.Hosting;
using EdgeCache.Origin.Identity;
using EdgeCache.Shared.Audit;
using EdgeCache.Shared.Checksums;
using EdgeCache.Shared.Iam;
using EdgeCache.Shared.Primitives;
using EdgeCache.Shared.Replication;
using EdgeCache.Shared.S3;

namespace EdgeCache.Origin.Audit;

/// <summary>
/// Stores batches as objects in the audit buckets of their organizations, in the region that hosts the control plane. The batch's id is in the
/// object's key, and an object of that key is never replaced, so a batch that comes again is found to be there. No quota holds them back.
/// </summary>
internal sealed class AuditObjects(OriginCatalog catalog, BlobStore blobs, IBucketDirectory directory, OriginOptions options, TimeProvider time)
{
    /// <summary>The largest batch that is taken, compressed, in bytes: more than a node's largest with room to spare.</summary>
    public const int MaxBatchBytes = 64 << 20;

    /// <summary>Stores a batch unless it is there already. Once it says so, the batch is durable.</summary>
    public async Task<AuditReceipt> StoreAsync(AuditBatch batch, CancellationToken cancellationToken)
    {
        var (receipt, bucket) = await EnsureBucketAsync(batch.OrganizationId, cancellationToken);
        if (bucket is null)
        {
            return receipt;
        }

        var key = AuditBucket.KeyOf(batch.Plane, batch.Id);
        var found = await catalog.Versions.FindAsync(bucket.Id, key, versionId: null, withSegments: false, cancellationToken);
        if (found.Version is not null)
        {
            return AuditReceipt.Stored;
        }

        var written = await WriteAsync(batch.Content, cancellationToken);
        if (!written.Succeeded)
        {
            return AuditReceipt.Unavailable;
        }

        var put = await catalog.Versions.PutAsync(
            NewVersion(batch, bucket, key, written.Value), new WriteCondition { IfNoneMatch = "*" }, CancellationToken.None);
        if (put.Succeeded)
        {
            return AuditReceipt.Stored;
        }

        if (put.Error.Code == S3ErrorCode.ServiceUnavailable)
        {
            return AuditReceipt.Unavailable;
        }

        await blobs.DiscardAsync(written.Value);
        return put.Error.Code == S3ErrorCode.PreconditionFailed ? AuditReceipt.Stored : AuditReceipt.Unavailable;
    }

    private async Task<(AuditReceipt Receipt, BucketRow? Bucket)> EnsureBucketAsync(string organizationId, CancellationToken cancellationToken)
    {
        var name = AuditBucket.NameOf(organizationId);
        if (await catalog.Buckets.FindAsync(name, cancellationToken) is { } existing)
        {
            return existing.Facts.OwnerOrganizationId == organizationId ? (AuditReceipt.Stored, existing) : (AuditReceipt.Refused, null);
        }

        var reservation = await directory.ReserveAsync(name, options.Region, organizationId, cancellationToken);
        if (reservation.Outcome == ReservationOutcome.Unavailable)
        {
            return (AuditReceipt.Unavailable, null);
        }

        if (reservation.Entry is not { } entry || entry.OwnerOrganizationId != organizationId || entry.Region != options.Region)
        {
            return (AuditReceipt.Refused, null);
        }

        var created = await catalog.Buckets.CreateAsync(new NewBucket(name, organizationId, CannedAcl.Private), CancellationToken.None);
        if (created.Succeeded)
        {
            return (AuditReceipt.Stored, created.Value.Bucket);
        }

        // Another batch made it in the meantime, or the disk failed: the next attempt sees which.
        return (AuditReceipt.Unavailable, null);
    }

    private async Task<Outcome<System.Collections.Immutable.ImmutableArray<BlobSegment>>> WriteAsync(
        ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var begun = await blobs.BeginAsync(content.Length, cancellationToken);
        if (!begun.Succeeded)
        {
            return begun.Error;
        }

        await using var blob = begun.Value;
        return await blob.WriteAsync(content, cancellationToken) is { } failed ? failed : await blob.CommitAsync(cancellationToken);
    }

    private NewVersion NewVersion(
        AuditBatch batch, BucketRow bucket, string key, System.Collections.Immutable.ImmutableArray<BlobSegment> segments) => new()
    {
        BucketId = bucket.Id,
        Key = key,
        Generation = Generation.New(time),
        Segments = segments,
        ETag = Md5(batch.Content.Span),
        OwnerOrganizationId = batch.OrganizationId,
        Headers = StringMap.Empty.Add("Content-Type", "application/gzip"),
        Checksum = new ObjectChecksum(
            ChecksumAlgorithm.Crc64Nvme, ChecksumType.FullObject,
            ChecksumValue.Encode(ChecksumHasher.Hash(ChecksumAlgorithm.Crc64Nvme, batch.Content.Span))),
    };

#pragma warning disable CA5351 // S3 defines the ETag of a simple object as its MD5; nothing is protected by it.
    private static string Md5(ReadOnlySpan<byte> content) => Convert.ToHexStringLower(MD5.HashData(content));
#pragma warning restore CA5351
}
