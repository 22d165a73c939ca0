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

        await context.Exchange.RespondXmlAsync(StatusCodes.Status200OK, TaggingDocument.Write(found.Value.Tags));
        return null;
    }
}
