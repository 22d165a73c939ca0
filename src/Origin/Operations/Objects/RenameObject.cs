using EdgeCache.Origin.Authorization;
using EdgeCache.Origin.Blobs;
using EdgeCache.Origin.Catalog;
using EdgeCache.Origin.Operations.Bodies;
using EdgeCache.Shared.Http;
using EdgeCache.Shared.Iam;
using EdgeCache.Shared.Primitives;
using EdgeCache.Shared.Replication;
using EdgeCache.Shared.S3;

namespace EdgeCache.Origin.Operations.Objects;

/// <summary>
/// RenameObject (<see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_RenameObject.html">S3 API</see>): the current version of another key of the bucket appears
/// under this key and is deleted there, in one transaction. In a bucket that keeps versions both keys keep theirs.
/// </summary>
internal static class RenameObject
{
    private const string SourceHeader = "x-amz-rename-source";

    public static async Task<S3Error?> ExecuteAsync(OperationContext context)
    {
        if (ReadSource(context) is not { } sourceKey)
        {
            return new S3Error(S3ErrorCode.InvalidArgument, "The rename source is not the key of another object.", [new("ArgumentName", SourceHeader), new("ArgumentValue", context.Header(SourceHeader) ?? string.Empty)]);
        }

        var found = await context.Catalog.Versions.FindAsync(context.Bucket.Id, sourceKey, versionId: null, withSegments: true, context.Aborted);
        var facts = found.Version?.Facts;
        if ((Decide(context, S3Operation.GetObject, sourceKey, facts) ?? Decide(context, S3Operation.DeleteObject, sourceKey, facts)) is { } refused)
        {
            return refused;
        }

        if (facts is null || facts.IsDeleteMarker)
        {
            return new S3Error(S3ErrorCode.NoSuchKey, Details: [new("Key", sourceKey)]);
        }

        if (!ConditionsHold(context, facts))
        {
            return new S3Error(S3ErrorCode.PreconditionFailed, Details: [new("Condition", SourceHeader)]);
        }

        var (exceeded, quota) = await QuotaCheck.AskAsync(context, length: 0, () => Task.FromResult(0L));
        var cloned = await context.Services.Blobs.CloneAsync(found.Version!.Segments, context.Aborted);
        if (exceeded is not null || !cloned.Succeeded)
        {
            return exceeded ?? cloned.Error;
        }

        // Where no versions are kept, what appears here disappears there: nothing grows.
        var target = Target(context, facts, cloned.Value) with { QuotaBytes = context.Bucket.Facts.Versioning == BucketVersioning.Unversioned ? null : quota };
        var renamed = await Commit.RenameAsync(context, target, sourceKey, facts.Generation, WriteConditions.Read(context));
        if (!renamed.Succeeded)
        {
            return renamed.Error;
        }

        context.SetNewVersionId(renamed.Value.Facts.VersionId);
        context.Committed(renamed.Value.Sequence);
        context.Exchange.Respond(StatusCodes.Status200OK);
        return null;
    }

    private static string? ReadSource(OperationContext context)
    {
        var prefix = $"/{context.Request.Bucket}/";
        var name = context.Header(SourceHeader) ?? string.Empty;
        name = name.StartsWith(prefix, StringComparison.Ordinal) ? name[prefix.Length..] : name;
        return PercentEncoding.TryDecode(name, plusIsSpace: false, out var key) && ObjectKey.TryParse(key, out _) && key != context.Request.Key ? key : null;
    }

    private static S3Error? Decide(OperationContext context, S3Operation operation, string key, VersionFacts? facts) =>
        context.Decide(new DecisionTarget(S3Actions.For(operation, versionIdGiven: false), context.Request.Bucket, key, context.Bucket.Facts, ObjectAccess.Of(facts)));

    private static bool ConditionsHold(OperationContext context, VersionFacts facts) =>
        ConditionalRequest.Evaluate(
            context.Header(SourceHeader + "-if-match"), context.Header(SourceHeader + "-if-none-match"),
            context.Header(SourceHeader + "-if-modified-since"), context.Header(SourceHeader + "-if-unmodified-since"),
            facts.ETag, facts.LastModified) == ConditionOutcome.Proceed;

    private static NewVersion Target(OperationContext context, VersionFacts facts, System.Collections.Immutable.ImmutableArray<BlobSegment> segments) => new()
    {
        BucketId = context.Bucket.Id,
        Key = context.Request.Key,
        Generation = Generation.New(context.Services.Time),
        Segments = segments,
        ETag = facts.ETag,
        OwnerOrganizationId = facts.OwnerOrganizationId,
        Headers = facts.Headers,
        UserMetadata = facts.UserMetadata,
        Tags = facts.Tags,
        Checksum = facts.Checksum,
        PartSizes = facts.PartSizes,
        PartChecksums = facts.PartChecksums,
        StorageClass = facts.StorageClass,
        Acl = facts.Acl,
        Grants = facts.Grants,
        Retention = facts.Retention,
        LegalHold = facts.LegalHold,
        Encryption = facts.Encryption,
        CustomerKeyCheck = facts.CustomerKeyCheck,
    };
}
