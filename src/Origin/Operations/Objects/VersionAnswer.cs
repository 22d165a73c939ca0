using EdgeCache.Origin.Catalog;
using EdgeCache.Shared.Replication;
using EdgeCache.Shared.S3;

namespace EdgeCache.Origin.Operations.Objects;

/// <summary>The version that operations about an object's properties answer for.</summary>
internal static class VersionAnswer
{
    /// <summary>The facts of the addressed version, having set the version's headers; NoSuchKey, NoSuchVersion, or MethodNotAllowed for a delete marker.</summary>
    public static Outcome<VersionFacts> Find(OperationContext context)
    {
        if (context.Authorized.Version?.Facts is not { } facts)
        {
            return ReadObject.NotFound(context);
        }

        context.SetVersionId(facts.VersionId);
        if (!facts.IsDeleteMarker)
        {
            return facts;
        }

        context.SetHeader("x-amz-delete-marker", "true");
        return context.VersionId is null
            ? new S3Error(S3ErrorCode.NoSuchKey, Details: [new("Key", facts.Key)])
            : new S3Error(S3ErrorCode.MethodNotAllowed, Details: [new("Method", context.Exchange.Request.Method), new("ResourceType", "DeleteMarker")]);
    }
}
