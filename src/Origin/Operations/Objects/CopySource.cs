using System.Collections.Immutable;
using EdgeCache.Origin.Catalog;
using EdgeCache.Shared.Http;
using EdgeCache.Shared.Iam;
using EdgeCache.Shared.Replication;
using EdgeCache.Shared.S3;

namespace EdgeCache.Origin.Operations.Objects;

/// <summary>The source of a copy: named by <c>x-amz-copy-source</c>, readable by the caller, and as its conditions want it.</summary>
internal static class CopySource
{
    /// <summary>Finds the source with its segments.</summary>
    public static async Task<Outcome<StoredVersion>> FindAsync(OperationContext context)
    {
        if (CopySourceName.TryParse(context.Header(CopySourceName.Header), out var name) is { } badName)
        {
            return badName;
        }

        var (bucketName, key, versionId) = name!;
        if (await context.Catalog.Buckets.FindAsync(bucketName, context.Aborted) is not { } bucket)
        {
            return await IsElsewhereAsync(context, bucketName)
                ? new S3Error(S3ErrorCode.NotImplemented, "The source of a copy must be in the region of its destination.")
                : new S3Error(S3ErrorCode.NoSuchBucket, Details: [new("BucketName", bucketName)]);
        }

        var found = await context.Catalog.Versions.FindAsync(bucket.Id, key, versionId, withSegments: true, context.Aborted);
        var action = S3Actions.For(S3Operation.GetObject, versionId is not null);
        var facts = found.Version?.Facts;
        if (context.Services.Authorizer.Decide(context.Authorized.Authenticated, action, bucket.Facts, ObjectAccess.Of(facts)) is { } refused)
        {
            return refused;
        }

        if (facts is null || facts.IsDeleteMarker)
        {
            return versionId is null
                ? new S3Error(S3ErrorCode.NoSuchKey, Details: [new("Key", key)])
                : facts is null
                    ? new S3Error(S3ErrorCode.NoSuchVersion, Details: [new("Key", key), new("VersionId", versionId)])
                    : new S3Error(S3ErrorCode.InvalidRequest, "The source of a copy request may not specifically refer to a delete marker by version id.");
        }

        if (!ConditionsHold(context, facts))
        {
            return S3ErrorCode.PreconditionFailed;
        }

        if (bucket.Facts.Versioning != BucketVersioning.Unversioned && facts.VersionId.Length > 0)
        {
            context.SetHeader("x-amz-copy-source-version-id", facts.VersionId);
        }

        return found.Version!;
    }

    /// <summary>Whether the source is named with its version.</summary>
    public static bool NamesVersion(OperationContext context) =>
        CopySourceName.TryParse(context.Header(CopySourceName.Header), out var name) is null && name!.VersionId is not null;

    /// <summary>The tags of the source found.</summary>
    public static async Task<ImmutableSortedDictionary<string, string>> FindTagsAsync(OperationContext context, VersionFacts source) =>
        await context.Catalog.Buckets.FindAsync(source.Bucket, context.Aborted) is { } bucket
            ? await context.Catalog.Versions.FindTagsAsync(bucket.Id, source.Key, source.VersionId, context.Aborted)
            : StringMap.EmptyTags;

    private static bool ConditionsHold(OperationContext context, VersionFacts facts) =>
        ConditionalRequest.Evaluate(
            context.Header(CopySourceName.Header + "-if-match"),
            context.Header(CopySourceName.Header + "-if-none-match"),
            context.Header(CopySourceName.Header + "-if-modified-since"),
            context.Header(CopySourceName.Header + "-if-unmodified-since"),
            facts.ETag,
            facts.LastModified) == ConditionOutcome.Proceed;

    private static async Task<bool> IsElsewhereAsync(OperationContext context, string bucket)
    {
        var own = context.Principal.OrganizationId.Length == 0 ? null : await context.Services.Directory.ListAsync(context.Principal.OrganizationId, context.Aborted);
        return own?.Any(e => e.Bucket == bucket) ?? false;
    }
}
