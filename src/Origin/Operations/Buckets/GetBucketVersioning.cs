using EdgeCache.Shared.S3;
using EdgeCache.Shared.S3.Xml;

namespace EdgeCache.Origin.Operations.Buckets;

/// <summary>GetBucketVersioning (<see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketVersioning.html">S3 API</see>).</summary>
internal static class GetBucketVersioning
{
    public static async Task<S3Error?> ExecuteAsync(OperationContext context)
    {
        await context.Exchange.RespondXmlAsync(StatusCodes.Status200OK, new VersioningConfiguration(context.Bucket.Facts.Versioning).Write());
        return null;
    }
}
