using EdgeCache.Shared.S3;
using EdgeCache.Shared.S3.Xml;

namespace EdgeCache.Origin.Operations.Objects;

/// <summary>GetObjectTagging (<see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectTagging.html">S3 API</see>).</summary>
internal static class GetObjectTagging
{
    public static async Task<S3Error?> ExecuteAsync(OperationContext context)
    {
        var found = VersionAnswer.Find(context);
        if (!found.Succeeded)
        {
            return found.Error;
        }

        var tags = await context.Catalog.Versions.FindTagsAsync(context.Bucket.Id, found.Value.Key, context.VersionId, context.Aborted);
        await context.Exchange.RespondXmlAsync(StatusCodes.Status200OK, TaggingDocument.Write(tags));
        return null;
    }
}
