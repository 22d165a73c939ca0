using EdgeCache.Origin.Operations.Bodies;
using EdgeCache.Origin.Operations.Buckets;
using EdgeCache.Shared.S3;
using EdgeCache.Shared.S3.Xml;

namespace EdgeCache.Origin.Operations.Locking;

/// <summary>
/// GetObjectLockConfiguration and PutObjectLockConfiguration
/// (<see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectLockConfiguration.html">S3 API</see>). The latter also enables object lock in a
/// bucket made without it, if that keeps versions.
/// </summary>
internal static class BucketObjectLock
{
    public static async Task<S3Error?> GetAsync(OperationContext context)
    {
        var facts = context.Bucket.Facts;
        if (!facts.HasObjectLock)
        {
            return new S3Error(S3ErrorCode.ObjectLockConfigurationNotFoundError, Details: [new("BucketName", facts.Name)]);
        }

        await context.Exchange.RespondXmlAsync(StatusCodes.Status200OK, new ObjectLockConfiguration(facts.DefaultRetention).Write());
        return null;
    }

    public static async Task<S3Error?> PutAsync(OperationContext context)
    {
        var configuration = await DocumentReader.ReadAsync<ObjectLockConfiguration>(context, ObjectLockConfiguration.ReadAsync);
        return configuration.Succeeded
            ? BucketChange.Answer(
                context,
                await context.Catalog.Buckets.SetObjectLockAsync(context.Bucket.Id, configuration.Value.Default, CancellationToken.None),
                StatusCodes.Status200OK)
            : configuration.Error;
    }
}
