using System.Collections.Immutable;
using EdgeCache.Origin.Operations.Bodies;
using EdgeCache.Shared.S3;
using EdgeCache.Shared.S3.Xml;

namespace EdgeCache.Origin.Operations.Buckets;

/// <summary>
/// GetBucketTagging, PutBucketTagging and DeleteBucketTagging
/// (<see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketTagging.html">S3 API</see>).
/// </summary>
internal static class BucketTagging
{
    public static async Task<S3Error?> GetAsync(OperationContext context)
    {
        var tags = await context.Catalog.Buckets.FindTagsAsync(context.Bucket.Id, context.Aborted);
        if (tags.IsEmpty)
        {
            return new S3Error(S3ErrorCode.NoSuchTagSet, Details: [new("BucketName", context.Request.Bucket)]);
        }

        await context.Exchange.RespondXmlAsync(StatusCodes.Status200OK, TaggingDocument.Write(tags));
        return null;
    }

    public static async Task<S3Error?> PutAsync(OperationContext context)
    {
        var tags = await DocumentReader.ReadAsync<ImmutableSortedDictionary<string, string>>(context, TaggingDocument.ReadBucketTagsAsync);
        return tags.Succeeded ? await SetAsync(context, tags.Value) : tags.Error;
    }

    public static Task<S3Error?> DeleteAsync(OperationContext context) => SetAsync(context, ObjectTags.None);

    private static async Task<S3Error?> SetAsync(OperationContext context, ImmutableSortedDictionary<string, string> tags) =>
        BucketChange.Answer(
            context, await context.Catalog.Buckets.SetTagsAsync(context.Bucket.Id, tags, CancellationToken.None), StatusCodes.Status204NoContent);
}
