using EdgeCache.Shared.S3;
using EdgeCache.Shared.S3.Xml;

namespace EdgeCache.Origin.Operations.Buckets;

/// <summary>GetBucketLocation (<see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLocation.html">S3 API</see>).</summary>
internal static class GetBucketLocation
{
    public static async Task<S3Error?> ExecuteAsync(OperationContext context)
    {
        await context.Exchange.RespondXmlAsync(StatusCodes.Status200OK, BucketLocation.Write(context.Bucket.Facts.Region));
        return null;
    }
}
