using EdgeCache.Origin.Operations.Bodies;
using EdgeCache.Shared.S3;
using EdgeCache.Shared.S3.Lifecycle;

namespace EdgeCache.Origin.Operations.Buckets;

/// <summary>
/// GetBucketLifecycleConfiguration, PutBucketLifecycleConfiguration and DeleteBucketLifecycle
/// (<see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketLifecycleConfiguration.html">S3 API</see>).
/// </summary>
internal static class BucketLifecycle
{
    public static async Task<S3Error?> GetAsync(OperationContext context)
    {
        if (context.Bucket.Facts.Configurations.Lifecycle is not { } lifecycle)
        {
            return new S3Error(S3ErrorCode.NoSuchLifecycleConfiguration, Details: [new("BucketName", context.Request.Bucket)]);
        }

        await context.Exchange.RespondXmlAsync(StatusCodes.Status200OK, lifecycle.Write());
        return null;
    }

    public static async Task<S3Error?> PutAsync(OperationContext context)
    {
        var lifecycle = await DocumentReader.ReadAsync<LifecycleConfiguration>(context, LifecycleConfiguration.ReadAsync);
        return lifecycle.Succeeded
            ? await BucketChange.ConfigureAsync(context, c => c with { Lifecycle = lifecycle.Value }, StatusCodes.Status200OK)
            : lifecycle.Error;
    }

    public static Task<S3Error?> DeleteAsync(OperationContext context) =>
        BucketChange.ConfigureAsync(context, static c => c with { Lifecycle = null }, StatusCodes.Status204NoContent);
}
