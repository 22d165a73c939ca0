using EdgeCache.Origin.Catalog;
using EdgeCache.Origin.Operations.Access;
using EdgeCache.Origin.Operations.Bodies;
using EdgeCache.Origin.Operations.Encryption;
using EdgeCache.Shared.Checksums;
using EdgeCache.Shared.S3;
using EdgeCache.Shared.S3.Xml;

namespace EdgeCache.Origin.Operations.Multipart;

/// <summary>CreateMultipartUpload (<see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateMultipartUpload.html">S3 API</see>).</summary>
internal static class CreateMultipartUpload
{
    private const string AlgorithmHeader = "x-amz-checksum-algorithm";
    private const string TypeHeader = "x-amz-checksum-type";

    public static async Task<S3Error?> ExecuteAsync(OperationContext context)
    {
        var stored = await StoredHeaders.ReadAsync(context);
        if (!stored.Succeeded)
        {
            return stored.Error;
        }

        if (ReadChecksum(context, out var algorithm, out var type) is { } badChecksum)
        {
            return badChecksum;
        }

        var created = await context.Catalog.Uploads.CreateAsync(
            new NewUpload
            {
                BucketId = context.Bucket.Id,
                Key = context.Request.Key,
                OwnerOrganizationId = AclRules.OwnerOf(context, stored.Value.Acl),
                Initiator = context.Principal.Name,
                Headers = stored.Value.Headers,
                UserMetadata = stored.Value.Metadata,
                Tags = stored.Value.Tags,
                ChecksumAlgorithm = algorithm,
                ChecksumType = type,
                StorageClass = stored.Value.StorageClass,
                Acl = stored.Value.Acl.Canned,
                Grants = stored.Value.Acl.Grants,
                Retention = stored.Value.Lock.Retention,
                LegalHold = stored.Value.Lock.LegalHold,
                Encryption = stored.Value.Protection.Kind,
                CustomerKeyCheck = stored.Value.Protection.Check,
            },
            CancellationToken.None);
        if (!created.Succeeded)
        {
            return created.Error;
        }

        if (algorithm is not null)
        {
            context.SetHeader(AlgorithmHeader, ChecksumNames.ApiName(algorithm.Value));
            context.SetHeader(TypeHeader, S3ChecksumTypes.ApiName(type!.Value));
        }

        CustomerKeyHeaders.Tell(context, stored.Value.Protection.Kind, stored.Value.Protection.CustomerKey);
        var result = new InitiateMultipartUploadResult(context.Request.Bucket, context.Request.Key, created.Value.UploadId);
        await context.Exchange.RespondXmlAsync(StatusCodes.Status200OK, result.Write());
        return null;
    }

    // Which algorithm goes with which type: S3's "checking object integrity", table of multipart checksum types.
    private static S3Error? ReadChecksum(OperationContext context, out ChecksumAlgorithm? algorithm, out ChecksumType? type)
    {
        (algorithm, type) = (null, null);
        var typeText = context.Header(TypeHeader);
        if (context.Header(AlgorithmHeader) is not { } name)
        {
            return typeText is null
                ? null
                : new S3Error(S3ErrorCode.InvalidRequest, "The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.");
        }

        if (!ChecksumNames.TryParseApiName(name, out var parsed))
        {
            return DeclaredChecksum.Unsupported();
        }

        var chosen = parsed == ChecksumAlgorithm.Crc64Nvme ? ChecksumType.FullObject : ChecksumType.Composite;
        if (typeText is not null && !S3ChecksumTypes.TryParse(typeText, out chosen))
        {
            return new S3Error(S3ErrorCode.InvalidRequest, "Value for x-amz-checksum-type header is invalid.");
        }

        if ((chosen == ChecksumType.Composite && parsed == ChecksumAlgorithm.Crc64Nvme) ||
            (chosen == ChecksumType.FullObject && parsed is ChecksumAlgorithm.Sha1 or ChecksumAlgorithm.Sha256))
        {
            return new S3Error(
                S3ErrorCode.InvalidRequest,
                $"The {S3ChecksumTypes.ApiName(chosen)} checksum type cannot be used with the {ChecksumNames.ApiName(parsed).ToLowerInvariant()} checksum algorithm.");
        }

        (algorithm, type) = (parsed, chosen);
        return null;
    }
}
