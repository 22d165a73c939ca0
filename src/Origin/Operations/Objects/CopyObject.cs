using System.Collections.Immutable;
using EdgeCache.Origin.Blobs;
using EdgeCache.Origin.Catalog;
using EdgeCache.Origin.Operations.Access;
using EdgeCache.Origin.Operations.Bodies;
using EdgeCache.Shared.Primitives;
using EdgeCache.Shared.Replication;
using EdgeCache.Shared.S3;
using EdgeCache.Shared.S3.Xml;

namespace EdgeCache.Origin.Operations.Objects;

/// <summary>
/// CopyObject (<see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html">S3 API</see>). Within the region the copy shares its bytes
/// with the source by hard links, so its cost does not depend on its size; from another region they are streamed.
/// </summary>
internal static class CopyObject
{
    public static async Task<S3Error?> ExecuteAsync(OperationContext context)
    {
        if (CopyDirectives.Read(context, out var directives) is { } badDirective)
        {
            return badDirective;
        }

        var stored = await StoredHeaders.ReadAsync(context);
        if (!stored.Succeeded)
        {
            return stored.Error;
        }

        var found = await CopySource.FindAsync(context);
        if (!found.Succeeded)
        {
            return found.Error;
        }

        using var source = found.Value;
        var facts = source.Facts;
        if (facts.Size > UploadLimits.MaxBodyLength)
        {
            return new S3Error(S3ErrorCode.InvalidRequest, "The specified copy source is larger than the maximum allowable size for a copy source: 5368709120");
        }

        var isSelf = facts.Bucket == context.Request.Bucket && facts.Key == context.Request.Key && !CopySource.NamesVersion(context);
        if (isSelf && !directives.ReplaceMetadata && !directives.ReplaceTags && context.Header("x-amz-storage-class") is null)
        {
            return new S3Error(S3ErrorCode.InvalidRequest,
                "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.");
        }

        var tags = directives.ReplaceTags ? stored.Value.Tags : await source.FindTagsAsync(context);
        if (!tags.Succeeded)
        {
            return tags.Error;
        }

        var (exceeded, quota) = await QuotaCheck.AskAsync(context, facts.Size, () => QuotaCheck.ReplacedObjectAsync(context));
        if (exceeded is not null)
        {
            return exceeded;
        }

        var copied = await CopyAsync(context, source);
        if (!copied.Succeeded)
        {
            return copied.Error;
        }

        var bytes = copied.Value;

        var version = new NewVersion
        {
            BucketId = context.Bucket.Id,
            Key = context.Request.Key,
            Generation = Generation.New(context.Services.Time),
            Segments = bytes.Segments,
            ETag = bytes.ETag,
            OwnerOrganizationId = AclRules.OwnerOf(context, stored.Value.Acl),
            QuotaBytes = quota,
            Headers = directives.ReplaceMetadata ? stored.Value.Headers : facts.Headers,
            UserMetadata = directives.ReplaceMetadata ? stored.Value.Metadata : facts.UserMetadata,
            Tags = tags.Value,
            Checksum = bytes.Checksum,
            PartSizes = bytes.PartSizes,
            PartChecksums = bytes.PartChecksums,
            StorageClass = stored.Value.StorageClass,
            Acl = stored.Value.Acl.Canned,
            Grants = stored.Value.Acl.Grants,
            Retention = stored.Value.Lock.Retention,
            LegalHold = stored.Value.Lock.LegalHold,
        };
        var committed = await Commit.VersionAsync(context, version, WriteConditions.Read(context));
        if (!committed.Succeeded)
        {
            return committed.Error;
        }

        context.SetNewVersionId(committed.Value.Facts.VersionId);
        context.DescribeExpiration(committed.Value.Facts);
        context.Committed(committed.Value.Sequence);
        var copy = committed.Value.Facts;
        await context.Exchange.RespondXmlAsync(StatusCodes.Status200OK, new CopyObjectResult(copy.ETag, copy.LastModified, copy.Checksum).Write());
        return null;
    }

    private static async Task<Outcome<CopiedBytes>> CopyAsync(OperationContext context, CopySource source)
    {
        var facts = source.Facts;
        if (source.Foreign is { } foreign)
        {
            var algorithm = facts.Checksum?.Algorithm ?? PutObject.DefaultChecksum;
            var received = await foreign.ReceiveWholeAsync(algorithm);
            return received.Succeeded
                ? new CopiedBytes(received.Value.Segments, received.Value.Digests.ETag, PutObject.ChecksumOf(received.Value, algorithm), [], [])
                : received.Error;
        }

        var cloned = await context.Services.Blobs.CloneAsync(source.Local!.Segments, context.Aborted);
        return cloned.Succeeded ? new CopiedBytes(cloned.Value, facts.ETag, facts.Checksum, facts.PartSizes, facts.PartChecksums) : cloned.Error;
    }

    /// <summary>The bytes of a copy and what follows from them.</summary>
    private sealed record CopiedBytes(
        ImmutableArray<BlobSegment> Segments, string ETag, ObjectChecksum? Checksum, ImmutableArray<long> PartSizes, ImmutableArray<string> PartChecksums);
}
