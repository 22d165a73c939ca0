using EdgeCache.Origin.Operations.Bodies;
using EdgeCache.Origin.Operations.Buckets;
using EdgeCache.Shared.S3;
using EdgeCache.Shared.S3.Encryption;
using EdgeCache.Shared.S3.Xml;

namespace EdgeCache.Origin.Operations.Encryption;

/// <summary>
/// GetBucketEncryption, PutBucketEncryption and DeleteBucketEncryption
/// (<see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketEncryption.html">S3 API</see>).
/// </summary>
internal static class BucketEncryption
{
    public static async Task<S3Error?> GetAsync(OperationContext context)
    {
        var facts = context.Bucket.Facts;
        if (facts.DefaultEncryption == ObjectEncryption.None)
        {
            return new S3Error(S3ErrorCode.ServerSideEncryptionConfigurationNotFoundError, Details: [new("BucketName", facts.Name)]);
        }

        await context.Exchange.RespondXmlAsync(StatusCodes.Status200OK, ServerSideEncryptionConfiguration.Instance.Write());
        return null;
    }

    public static async Task<S3Error?> PutAsync(OperationContext context)
    {
        var document = await DocumentReader.ReadAsync<ServerSideEncryptionConfiguration>(context, ServerSideEncryptionConfiguration.ReadAsync);
        return document.Succeeded ? await SetAsync(context, ObjectEncryption.ServerKey, StatusCodes.Status200OK) : document.Error;
    }

    public static Task<S3Error?> DeleteAsync(OperationContext context) => SetAsync(context, ObjectEncryption.None, StatusCodes.Status204NoContent);

    private static async Task<S3Error?> SetAsync(OperationContext context, ObjectEncryption encryption, int status) =>
        BucketChange.Answer(context, await context.Catalog.Buckets.SetEncryptionAsync(context.Bucket.Id, encryption, CancellationToken.None), status);
}
