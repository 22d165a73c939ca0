using EdgeCache.Origin.Operations.Bodies;
using EdgeCache.Shared.S3;
using EdgeCache.Shared.S3.Website;

namespace EdgeCache.Origin.Operations.Buckets;

/// <summary>
/// GetBucketWebsite, PutBucketWebsite and DeleteBucketWebsite (<see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketWebsite.html">S3 API</see>).
/// </summary>
internal static class BucketWebsite
{
    public static async Task<S3Error?> GetAsync(OperationContext context)
    {
        if (context.Bucket.Facts.Configurations.Website is not { } website)
        {
            return new S3Error(S3ErrorCode.NoSuchWebsiteConfiguration, Details: [new("BucketName", context.Request.Bucket)]);
        }

        await context.Exchange.RespondXmlAsync(StatusCodes.Status200OK, website.Write());
        return null;
    }

    public static async Task<S3Error?> PutAsync(OperationContext context)
    {
        var website = await DocumentReader.ReadAsync<WebsiteConfiguration>(context, WebsiteConfiguration.ReadAsync);
        return website.Succeeded
            ? await BucketChange.ConfigureAsync(context, c => c with { Website = website.Value }, StatusCodes.Status200OK)
            : website.Error;
    }

    public static Task<S3Error?> DeleteAsync(OperationContext context) =>
        BucketChange.ConfigureAsync(context, static c => c with { Website = null }, StatusCodes.Status204NoContent);
}
