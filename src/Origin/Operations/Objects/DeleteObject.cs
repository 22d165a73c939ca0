using EdgeCache.Origin.Catalog;
using EdgeCache.Origin.Operations.Bodies;
using EdgeCache.Origin.Operations.Locking;
using EdgeCache.Shared.Http;
using EdgeCache.Shared.S3;

namespace EdgeCache.Origin.Operations.Objects;

/// <summary>DeleteObject (<see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObject.html">S3 API</see>).</summary>
internal static class DeleteObject
{
    public static async Task<S3Error?> ExecuteAsync(OperationContext context)
    {
        var condition = ReadCondition(context);
        if (!condition.Succeeded)
        {
            return condition.Error;
        }

        var bypass = GovernanceBypass.Decide(context, context.VersionId is null ? null : context.Authorized.Version?.Facts);
        if (!bypass.Succeeded)
        {
            return bypass.Error;
        }

        var deleted = await context.Catalog.Versions.DeleteAsync(
            context.Bucket.Id, context.Request.Key, context.VersionId, condition.Value, CancellationToken.None, bypass.Value);
        if (!deleted.Succeeded)
        {
            return deleted.Error;
        }

        context.SetVersionId(deleted.Value.VersionId);
        if (deleted.Value.IsDeleteMarker)
        {
            context.SetHeader("x-amz-delete-marker", "true");
        }

        context.Committed(deleted.Value.Sequence);
        context.Exchange.Respond(StatusCodes.Status204NoContent);
        return null;
    }

    private static Outcome<WriteCondition> ReadCondition(OperationContext context)
    {
        DateTimeOffset? modified = null;
        if (context.Header("x-amz-if-match-last-modified-time") is { } time)
        {
            if (!HttpDate.TryParse(time, out var parsed))
            {
                return Invalid("x-amz-if-match-last-modified-time", time);
            }

            modified = parsed;
        }

        long? size = null;
        if (context.Header("x-amz-if-match-size") is { } text)
        {
            if (!long.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var parsed))
            {
                return Invalid("x-amz-if-match-size", text);
            }

            size = parsed;
        }

        var ifMatch = WriteConditions.Unquote(context.Header("If-Match"));
        return ifMatch is null && modified is null && size is null
            ? WriteCondition.None
            : new WriteCondition { IfMatch = ifMatch, IfLastModified = modified, IfSize = size };
    }

    private static S3Error Invalid(string header, string value) =>
        new(S3ErrorCode.InvalidArgument, Details: [new("ArgumentName", header), new("ArgumentValue", value)]);
}
