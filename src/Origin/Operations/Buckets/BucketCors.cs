using EdgeCache.Origin.Operations.Bodies;
using EdgeCache.Shared.S3;
using EdgeCache.Shared.S3.Cors;

namespace EdgeCache.Origin.Operations.Buckets;

/// <summary>
/// GetBucketCors, PutBucketCors and DeleteBucketCors (<see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketCors.html">S3 API</see>).
/// </summary>
internal static class BucketCors
{
    public static async Task<S3Error?> GetAsync(OperationContext context)
    {
        if (context.Bucket.Facts.Configurations.Cors is not { } cors)
        {
            return new S3Error(S3ErrorCode.NoSuchCORSConfiguration, Details: [new("BucketName", context.Request.Bucket)]);
        }

        await context.Exchange.RespondXmlAsync(StatusCodes.Status200OK, cors.Write());
        return null;
    }

    public static async Task<S3Error?> PutAsync(OperationContext context)
    {
        var cors = await DocumentReader.ReadAsync<CorsConfiguration>(context, CorsConfiguration.ReadAsync);
        return cors.Succeeded
            ? await BucketChange.ConfigureAsync(context, c => c with { Cors = cors.Value }, StatusCodes.Status200OK)
            : cors.Error;
    }

    public static Task<S3Error?> DeleteAsync(OperationContext context) =>
        BucketChange.ConfigureAsync(context, static c => c with { Cors = null }, StatusCodes.Status204NoContent);
}
