using EdgeCache.Origin.Operations.Bodies;
using EdgeCache.Shared.S3;
using EdgeCache.Shared.S3.Xml;

namespace EdgeCache.Origin.Operations.Buckets;

/// <summary>
/// GetBucketRequestPayment and PutBucketRequestPayment (<see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketRequestPayment.html">S3 API</see>).
/// </summary>
internal static class BucketRequestPayment
{
    public static async Task<S3Error?> GetAsync(OperationContext context)
    {
        var payment = new RequestPaymentConfiguration(context.Bucket.Facts.Configurations.RequesterPays);
        await context.Exchange.RespondXmlAsync(StatusCodes.Status200OK, payment.Write());
        return null;
    }

    public static async Task<S3Error?> PutAsync(OperationContext context)
    {
        var payment = await DocumentReader.ReadAsync<RequestPaymentConfiguration>(context, RequestPaymentConfiguration.ReadAsync);
        return payment.Succeeded
            ? await BucketChange.ConfigureAsync(context, c => c with { RequesterPays = payment.Value.RequesterPays }, StatusCodes.Status200OK)
            : payment.Error;
    }
}
