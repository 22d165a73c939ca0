using System.Collections.Immutable;
using EdgeCache.Origin.Authorization;
using EdgeCache.Origin.Catalog;
using EdgeCache.Origin.Encryption;
using EdgeCache.Origin.Operations.Encryption;
using EdgeCache.Origin.Replication;
using EdgeCache.Shared.Http;
using EdgeCache.Shared.Iam;
using EdgeCache.Shared.Replication;
using EdgeCache.Shared.S3;
using EdgeCache.Shared.S3.Encryption;

namespace EdgeCache.Origin.Operations.Objects;

/// <summary>
/// The source of a copy: named by <c>x-amz-copy-source</c>, readable by the caller, and as its conditions want it. Either in this region, with its
/// segments, or in another; dispose it.
/// </summary>
/// <param name="Local">The version here.</param>
/// <param name="Foreign">The object in another region.</param>
internal sealed record CopySource(StoredVersion? Local, ForeignSource? Foreign) : IDisposable
{
    /// <summary>The bucket of a source here.</summary>
    private BucketFacts? LocalBucket { get; init; }

    /// <summary>The customer's key of the source, recognised; null where it has none.</summary>
    public CustomerKey? Key { get; private init; }

    public VersionFacts Facts => Local?.Facts ?? Foreign!.Facts;

    /// <summary>Finds the source.</summary>
    /// <param name="context">The request.</param>
    /// <param name="range">The range wanted of a source in another region, as a <c>Range</c> header; null for all of it.</param>
    public static async Task<Outcome<CopySource>> FindAsync(OperationContext context, string? range = null)
    {
        if (CopySourceName.TryParse(context.Header(CopySourceName.Header), out var name) is { } badName)
        {
            return badName;
        }

        var key = CustomerKeyHeaders.Read(context, EncryptionHeaders.CopySourcePrefix);
        if (key.Error is not null)
        {
            return key.Error;
        }

        if (await context.Catalog.Buckets.FindAsync(name!.Bucket, context.Aborted) is { } bucket)
        {
            var local = await FindLocalAsync(context, name, bucket);
            return !local.Succeeded ? local.Error
                : CustomerKeyHeaders.Check(local.Value.Facts, key.Value) is { } wrongKey ? wrongKey
                : new CopySource(local.Value, null) { LocalBucket = bucket.Facts, Key = key.Value };
        }

        if (ForeignSource.PlaceOf(context, name) is { } place)
        {
            var foreign = await ForeignSource.OpenAsync(context, name, place, range);
            return foreign.Succeeded ? new CopySource(null, foreign.Value) : foreign.Error;
        }

        return await ExplainAbsenceAsync(context, name.Bucket);
    }

    /// <summary>Whether the source is named with its version.</summary>
    public static bool NamesVersion(OperationContext context) =>
        CopySourceName.TryParse(context.Header(CopySourceName.Header), out var name) is null && name!.VersionId is not null;

    /// <summary>The tags of the source, which the caller must be allowed to read too.</summary>
    public async Task<Outcome<ImmutableSortedDictionary<string, string>>> FindTagsAsync(OperationContext context)
    {
        if (Facts.TagCount == 0)
        {
            return StringMap.EmptyTags;
        }

        if (Foreign is not null)
        {
            return await Foreign.FindTagsAsync();
        }

        var action = S3Actions.For(S3Operation.GetObjectTagging, NamesVersion(context));
        return context.Decide(new DecisionTarget(action, Facts.Bucket, Facts.Key, LocalBucket, ObjectAccess.Of(Facts))) is { } refused ? refused : Facts.Tags;
    }

    public void Dispose() => Foreign?.Dispose();

    private static async Task<Outcome<StoredVersion>> FindLocalAsync(OperationContext context, CopySourceName name, BucketRow bucket)
    {
        var (_, key, versionId) = name;
        var found = await context.Catalog.Versions.FindAsync(bucket.Id, key, versionId, withSegments: true, context.Aborted);
        var action = S3Actions.For(S3Operation.GetObject, versionId is not null);
        var facts = found.Version?.Facts;
        if (context.Decide(new DecisionTarget(action, name.Bucket, key, bucket.Facts, ObjectAccess.Of(facts), versionId)) is { } refused)
        {
            return refused;
        }

        if (ExpectedBucketOwner.CheckSource(context.Header(ExpectedBucketOwner.SourceHeader), context.Query, bucket.Facts) is { } otherOwner)
        {
            return otherOwner;
        }

        if (RequesterPays.Check(context.Header(RequesterPays.Header), context.Query, bucket.Facts, context.Principal, out _) is { } unpaid)
        {
            return unpaid;
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

    private static bool ConditionsHold(OperationContext context, VersionFacts facts) =>
        ConditionalRequest.Evaluate(
            context.Header(CopySourceName.Header + "-if-match"),
            context.Header(CopySourceName.Header + "-if-none-match"),
            context.Header(CopySourceName.Header + "-if-modified-since"),
            context.Header(CopySourceName.Header + "-if-unmodified-since"),
            facts.ETag,
            facts.LastModified) == ConditionOutcome.Proceed;

    /// <summary>No edge said where the bucket is: nowhere, or it could not find out, or the request came to this region directly.</summary>
    private static async Task<S3Error> ExplainAbsenceAsync(OperationContext context, string bucket)
    {
        var own = context.Principal.OrganizationId.Length == 0 ? [] : await context.Services.Directory.ListAsync(context.Principal.OrganizationId, context.Aborted);
        if (own is not null && own.All(e => e.Bucket != bucket))
        {
            return new S3Error(S3ErrorCode.NoSuchBucket, Details: [new("BucketName", bucket)]);
        }

        return own is null || context.Authorized.Authenticated.Via is not null
            ? ForeignRefusal.Unreachable
            : new S3Error(S3ErrorCode.NotImplemented, "A region's own endpoint copies only within the region. Use the accelerated endpoint.");
    }
}
