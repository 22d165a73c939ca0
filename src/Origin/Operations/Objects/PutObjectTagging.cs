using System.Collections.Immutable;
using EdgeCache.Origin.Authorization;
using EdgeCache.Origin.Operations.Bodies;
using EdgeCache.Shared.Iam;
using EdgeCache.Shared.S3;
using EdgeCache.Shared.S3.Xml;

namespace EdgeCache.Origin.Operations.Objects;

/// <summary>
/// PutObjectTagging and DeleteObjectTagging
/// (<see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectTagging.html">S3 API</see>): the latter sets none.
/// </summary>
internal static class PutObjectTagging
{
    public static async Task<S3Error?> ExecuteAsync(OperationContext context)
    {
        // Policies may speak of the tags: nothing is told of the object before they are known and the decision is made.
        var tags = await DocumentReader.ReadAsync<ImmutableSortedDictionary<string, string>>(context, TaggingDocument.ReadObjectTagsAsync);
        if (Decide(context, tags.Succeeded ? tags.Value : ObjectTags.None) is { } refused)
        {
            return refused;
        }

        var found = VersionAnswer.Find(context);
        return !found.Succeeded ? found.Error
            : !tags.Succeeded ? tags.Error
            : await SetAsync(context, tags.Value, StatusCodes.Status200OK);
    }

    public static async Task<S3Error?> RemoveAsync(OperationContext context)
    {
        var found = VersionAnswer.Find(context);
        return found.Succeeded ? await SetAsync(context, ObjectTags.None, StatusCodes.Status204NoContent) : found.Error;
    }

    private static S3Error? Decide(OperationContext context, ImmutableSortedDictionary<string, string> tags)
    {
        var request = context.Request;
        var target = new DecisionTarget(
            S3Actions.For(request.Operation, context.VersionId is not null), request.Bucket, request.Key, context.Bucket.Facts,
            ObjectAccess.Of(context.Authorized.Version?.Facts));
        return context.Decide(target, context.Authorized.Basis.ConditionsWith(tags));
    }

    private static async Task<S3Error?> SetAsync(OperationContext context, ImmutableSortedDictionary<string, string> tags, int status)
    {
        var changed = await context.Catalog.Versions.SetTagsAsync(context.Bucket.Id, context.Request.Key, context.VersionId, tags, CancellationToken.None);
        if (!changed.Succeeded)
        {
            return changed.Error;
        }

        context.SetVersionId(changed.Value.Facts.VersionId);
        context.Committed(changed.Value.Sequence);
        context.Exchange.Respond(status);
        return null;
    }
}
