using System.Collections.Immutable;
using EdgeCache.Origin.Blobs;
using EdgeCache.Origin.Catalog;
using EdgeCache.Origin.Encryption;
using EdgeCache.Origin.Operations.Access;
using EdgeCache.Origin.Operations.Bodies;
using EdgeCache.Origin.Operations.Encryption;
using EdgeCache.Origin.Operations.Multipart;
using EdgeCache.Shared.Http;
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
        if (isSelf && !directives.ReplaceMetadata && !directives.ReplaceTags && context.Header("x-amz-storage-class") is null &&
            stored.Value.Protection.Kind == facts.Encryption && stored.Value.Protection.CustomerKey is null)
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

        var copied = await CopyAsync(context, source, stored.Value.Protection);
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
            Encryption = stored.Value.Protection.Kind,
            CustomerKeyCheck = stored.Value.Protection.Check,
        };
        var committed = await Commit.VersionAsync(context, version, WriteConditions.Read(context));
        if (!committed.Succeeded)
        {
            return committed.Error;
        }

        CustomerKeyHeaders.Tell(context, stored.Value.Protection.Kind, stored.Value.Protection.CustomerKey);
        context.SetNewVersionId(committed.Value.Facts.VersionId);
        context.DescribeExpiration(committed.Value.Facts);
        context.Committed(committed.Value.Sequence);
        var copy = committed.Value.Facts;
        await context.Exchange.RespondXmlAsync(StatusCodes.Status200OK, new CopyObjectResult(copy.ETag, copy.LastModified, copy.Checksum).Write());
        return null;
    }

    private static async Task<Outcome<CopiedBytes>> CopyAsync(OperationContext context, CopySource source, Protection protection)
    {
        var facts = source.Facts;
        var algorithm = facts.Checksum?.Algorithm ?? PutObject.DefaultChecksum;
        if (source.Foreign is { } foreign)
        {
            return Describe(await foreign.ReceiveWholeAsync(protection, algorithm));
        }

        if (!SharesBytes(facts, protection))
        {
            return Describe(await SegmentCopier.CopyAsync(context, source, new ByteRange(0, facts.Size), protection, algorithm));
        }

        var cloned = await context.Services.Blobs.CloneAsync(source.Local!.Segments, context.Aborted);
        return cloned.Succeeded ? new CopiedBytes(cloned.Value, facts.ETag, facts.Checksum, facts.PartSizes, facts.PartChecksums) : cloned.Error;
    }

    /// <summary>Whether the stored bytes do for the copy too: plain ones, or encrypted ones whose keys are sealed with what the copy would be.</summary>
    private static bool SharesBytes(VersionFacts facts, Protection protection) => facts.Encryption == protection.Kind &&
        (protection.CustomerKey is not { } key || (facts.CustomerKeyCheck is { } check && key.IsRecognisedBy(check)));

    private static Outcome<CopiedBytes> Describe(Outcome<ReceivedBody> received)
    {
        if (!received.Succeeded)
        {
            return received.Error;
        }

        var algorithm = received.Value.Digests.Checksums.Keys.Single();
        return new CopiedBytes(received.Value.Segments, received.Value.ETag, PutObject.ChecksumOf(received.Value, algorithm), [], []);
    }

    /// <summary>The bytes of a copy and what follows from them.</summary>
    private sealed record CopiedBytes(
        ImmutableArray<BlobSegment> Segments, string ETag, ObjectChecksum? Checksum, ImmutableArray<long> PartSizes, ImmutableArray<string> PartChecksums);
}
