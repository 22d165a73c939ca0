using EdgeCache.Origin.Operations.Bodies;
using EdgeCache.Shared.Iam;
using EdgeCache.Shared.S3;
using EdgeCache.Shared.S3.Xml;

namespace EdgeCache.Origin.Operations.Buckets;

/// <summary>
/// GetPublicAccessBlock, PutPublicAccessBlock and DeletePublicAccessBlock
/// (<see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutPublicAccessBlock.html">S3 API</see>).
/// </summary>
internal static class BucketPublicAccessBlock
{
    public static async Task<S3Error?> GetAsync(OperationContext context)
    {
        if (context.Bucket.Facts.PublicAccess is not { } block)
        {
            return new S3Error(S3ErrorCode.NoSuchPublicAccessBlockConfiguration, Details: [new("BucketName", context.Request.Bucket)]);
        }

        await context.Exchange.RespondXmlAsync(StatusCodes.Status200OK, PublicAccessBlockConfiguration.Write(block));
        return null;
    }

    public static async Task<S3Error?> PutAsync(OperationContext context)
    {
        var block = await DocumentReader.ReadAsync<PublicAccessBlock>(context, PublicAccessBlockConfiguration.ReadAsync);
        return block.Succeeded ? await SetAsync(context, block.Value, StatusCodes.Status200OK) : block.Error;
    }

    public static Task<S3Error?> DeleteAsync(OperationContext context) => SetAsync(context, null, StatusCodes.Status204NoContent);

    private static async Task<S3Error?> SetAsync(OperationContext context, PublicAccessBlock? block, int status) =>
        BucketChange.Answer(context, await context.Catalog.Buckets.SetPublicAccessBlockAsync(context.Bucket.Id, block, CancellationToken.None), status);
}
