using EdgeCache.Origin.Operations.Bodies;
using EdgeCache.Shared.S3;
using EdgeCache.Shared.S3.Xml;

namespace EdgeCache.Origin.Operations.Buckets;

/// <summary>
/// GetBucketAccelerateConfiguration and PutBucketAccelerateConfiguration
/// (<see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketAccelerateConfiguration.html">S3 API</see>).
/// </summary>
internal static class BucketAcceleration
{
    public static async Task<S3Error?> GetAsync(OperationContext context)
    {
        await context.Exchange.RespondXmlAsync(
            StatusCodes.Status200OK, new AccelerateConfiguration(context.Bucket.Facts.Configurations.IsAccelerated).Write());
        return null;
    }

    public static async Task<S3Error?> PutAsync(OperationContext context)
    {
        var wanted = await DocumentReader.ReadAsync<AccelerateConfiguration>(context, AccelerateConfiguration.ReadAsync);
        return wanted.Succeeded
            ? await BucketChange.ConfigureAsync(context, c => c with { IsAccelerated = wanted.Value.IsEnabled }, StatusCodes.Status200OK)
            : wanted.Error;
    }
}
