using EdgeCache.Origin.Catalog;
using EdgeCache.Origin.Operations.Bodies;
using EdgeCache.Shared.Primitives;
using EdgeCache.Shared.S3;
using EdgeCache.Shared.S3.Xml;

namespace EdgeCache.Origin.Operations.Objects;

/// <summary>
/// CopyObject (<see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html">S3 API</see>): the copy shares its bytes with the source
/// by hard links, so its cost does not depend on its size.
/// </summary>
internal static class CopyObject
{
    public static async Task<S3Error?> ExecuteAsync(OperationContext context)
    {
        if (CopyDirectives.Read(context, out var directives) is { } badDirective)
        {
            return badDirective;
        }

        var stored = StoredHeaders.Read(context);
        if (!stored.Succeeded)
        {
            return stored.Error;
        }

        var source = await CopySource.FindAsync(context);
        if (!source.Succeeded)
        {
            return source.Error;
        }

        var facts = source.Value.Facts;
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

        var tags = directives.ReplaceTags || facts.TagCount == 0
            ? stored.Value.Tags
            : await CopySource.FindTagsAsync(context, facts);
        var cloned = await context.Services.Blobs.CloneAsync(source.Value.Segments, context.Aborted);
        if (!cloned.Succeeded)
        {
            return cloned.Error;
        }

        var version = new NewVersion
        {
            BucketId = context.Bucket.Id,
            Key = context.Request.Key,
            Generation = Generation.New(context.Services.Time),
            Segments = cloned.Value,
            ETag = facts.ETag,
            OwnerOrganizationId = PutObject.OwnerOf(context),
            Headers = directives.ReplaceMetadata ? stored.Value.Headers : facts.Headers,
            UserMetadata = directives.ReplaceMetadata ? stored.Value.Metadata : facts.UserMetadata,
            Tags = tags,
            Checksum = facts.Checksum,
            PartSizes = facts.PartSizes,
            PartChecksums = facts.PartChecksums,
            StorageClass = stored.Value.StorageClass,
            Acl = stored.Value.Acl,
        };
        var committed = await Commit.VersionAsync(context, version, WriteConditions.Read(context));
        if (!committed.Succeeded)
        {
            return committed.Error;
        }

        context.SetNewVersionId(committed.Value.Facts.VersionId);
        context.Committed(committed.Value.Sequence);
        var copy = committed.Value.Facts;
        await context.Exchange.RespondXmlAsync(StatusCodes.Status200OK, new CopyObjectResult(copy.ETag, copy.LastModified, copy.Checksum).Write());
        return null;
    }
}
