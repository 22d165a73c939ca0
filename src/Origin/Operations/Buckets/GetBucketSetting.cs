using EdgeCache.Shared.S3;
using EdgeCache.Shared.S3.Xml;

namespace EdgeCache.Origin.Operations.Buckets;

/// <summary>The bucket settings that can be asked for and are never configured.</summary>
internal static class GetBucketSetting
{
    public static async Task<S3Error?> ExecuteAsync(OperationContext context)
    {
        var (body, error) = BucketSettingAnswers.For(context.Request.Operation, context.Request.Bucket);
        if (body is null)
        {
            return error ?? S3ErrorCode.NotImplemented;
        }

        await context.Exchange.RespondXmlAsync(StatusCodes.Status200OK, body);
        return null;
    }
}
