using EdgeCache.Shared.S3;

namespace EdgeCache.Origin.Operations.Buckets;

/// <summary>HeadBucket (<see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html">S3 API</see>).</summary>
internal static class HeadBucket
{
    public static Task<S3Error?> ExecuteAsync(OperationContext context)
    {
        context.SetHeader("x-amz-bucket-region", context.Bucket.Facts.Region);
        context.Response.StatusCode = StatusCodes.Status200OK;
        context.Response.ContentType = "application/xml";
        return Task.FromResult<S3Error?>(null);
    }
}
