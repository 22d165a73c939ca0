using EdgeCache.Shared.S3;

namespace EdgeCache.Origin.Operations.Multipart;

/// <summary>AbortMultipartUpload (<see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_AbortMultipartUpload.html">S3 API</see>).</summary>
internal static class AbortMultipartUpload
{
    public static async Task<S3Error?> ExecuteAsync(OperationContext context)
    {
        var uploadId = context.Query.Get("uploadId") ?? string.Empty;
        if (await context.Catalog.Uploads.AbortAsync(context.Bucket.Id, context.Request.Key, uploadId, CancellationToken.None) is { } error)
        {
            return error;
        }

        context.Exchange.Respond(StatusCodes.Status204NoContent);
        return null;
    }
}
