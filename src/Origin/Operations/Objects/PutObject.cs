using EdgeCache.Origin.Catalog;
using EdgeCache.Origin.Operations.Access;
using EdgeCache.Origin.Operations.Bodies;
using EdgeCache.Origin.Operations.Encryption;
using EdgeCache.Shared.Checksums;
using EdgeCache.Shared.Primitives;
using EdgeCache.Shared.Replication;
using EdgeCache.Shared.S3;

namespace EdgeCache.Origin.Operations.Objects;

/// <summary>PutObject (<see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html">S3 API</see>).</summary>
internal static class PutObject
{
    /// <summary>The checksum kept with objects whose client asked for none.</summary>
    public const ChecksumAlgorithm DefaultChecksum = ChecksumAlgorithm.Crc64Nvme;

    public static async Task<S3Error?> ExecuteAsync(OperationContext context)
    {
        var declared = DeclaredBody.Read(context);
        if (!declared.Succeeded)
        {
            return declared.Error;
        }

        var put = await StoreAsync(context, declared.Value, file: null);
        if (!put.Succeeded)
        {
            return put.Error;
        }

        context.Exchange.Respond(StatusCodes.Status200OK);
        return null;
    }

    /// <summary>Stores an object as the request's headers say, and sets those of the answer. Returns its entity tag, without quotes.</summary>
    /// <param name="context">The request.</param>
    /// <param name="declared">What is said of the bytes.</param>
    /// <param name="file">The bytes when they are not the request's body itself.</param>
    public static async Task<Outcome<string>> StoreAsync(OperationContext context, DeclaredBody declared, Stream? file)
    {
        var stored = await StoredHeaders.ReadAsync(context);
        if (!stored.Succeeded)
        {
            return stored.Error;
        }

        var (exceeded, quota) = await QuotaCheck.AskAsync(context, declared.Length, () => QuotaCheck.ReplacedObjectAsync(context));
        if (exceeded is not null)
        {
            return exceeded;
        }

        var algorithm = declared.Checksum?.Algorithm ?? DefaultChecksum;
        var received = file is null
            ? await BodyReceiver.ReceiveAsync(context, declared, stored.Value.Protection, algorithm)
            : await BodyReceiver.ReceiveAsync(context, file, declared, stored.Value.Protection, algorithm);
        if (!received.Succeeded)
        {
            return received.Error;
        }

        var body = received.Value;
        var checksum = ChecksumOf(body, algorithm);
        var version = new NewVersion
        {
            BucketId = context.Bucket.Id,
            Key = context.Request.Key,
            Generation = Generation.New(context.Services.Time),
            Segments = body.Segments,
            ETag = body.ETag,
            OwnerOrganizationId = AclRules.OwnerOf(context, stored.Value.Acl),
            QuotaBytes = quota,
            Headers = stored.Value.Headers,
            UserMetadata = stored.Value.Metadata,
            Tags = stored.Value.Tags,
            Checksum = checksum,
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

        context.SetHeader("ETag", S3ObjectHeaders.Quote(body.ETag));
        CustomerKeyHeaders.Tell(context, stored.Value.Protection.Kind, stored.Value.Protection.CustomerKey);
        context.SetNewVersionId(committed.Value.Facts.VersionId);
        context.DescribeExpiration(committed.Value.Facts);
        context.SetHeader(ChecksumNames.HeaderName(algorithm), checksum.Value);
        context.SetHeader("x-amz-checksum-type", S3ChecksumTypes.ApiName(checksum.Type));
        context.Committed(committed.Value.Sequence);
        return body.ETag;
    }

    /// <summary>The checksum of all bytes received.</summary>
    public static ObjectChecksum ChecksumOf(ReceivedBody body, ChecksumAlgorithm algorithm) =>
        new(algorithm, ChecksumType.FullObject, ChecksumValue.Encode(body.Digests.Checksums[algorithm]));
}
