using EdgeCache.Origin.Catalog;
using EdgeCache.Origin.Operations.Bodies;
using EdgeCache.Origin.Operations.Objects;
using EdgeCache.Shared.Replication;
using EdgeCache.Shared.S3;
using EdgeCache.Shared.S3.Xml;

namespace EdgeCache.Origin.Operations.Locking;

/// <summary>
/// GetObjectRetention, PutObjectRetention, GetObjectLegalHold and PutObjectLegalHold
/// (<see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectRetention.html">S3 API</see>).
/// </summary>
internal static class ObjectLocks
{
    public static Task<S3Error?> GetRetentionAsync(OperationContext context) =>
        GetAsync(context, static facts => facts.Retention is { } retention ? new RetentionDocument(retention).Write() : null);

    public static Task<S3Error?> GetLegalHoldAsync(OperationContext context) =>
        GetAsync(context, static facts => facts.LegalHold is { } isOn ? new LegalHoldDocument(isOn).Write() : null);

    public static async Task<S3Error?> PutRetentionAsync(OperationContext context)
    {
        var document = await DocumentReader.ReadAsync<RetentionDocument>(context, RetentionDocument.ReadAsync);
        var found = Find(context, document.Error);
        if (!found.Succeeded)
        {
            return found.Error;
        }

        var retention = document.Value!.Retention;
        if (retention is not null && GivenLock.CheckFuture(context, retention) is { } past)
        {
            return past;
        }

        var bypass = GovernanceBypass.Decide(context, found.Value);
        return bypass.Error ?? Answer(context, await context.Catalog.Versions.SetRetentionAsync(
            context.Bucket.Id, context.Request.Key, context.VersionId, retention, bypass.Value, CancellationToken.None));
    }

    public static async Task<S3Error?> PutLegalHoldAsync(OperationContext context)
    {
        var document = await DocumentReader.ReadAsync<LegalHoldDocument>(context, LegalHoldDocument.ReadAsync);
        var found = Find(context, document.Error);
        return found.Error ?? Answer(context, await context.Catalog.Versions.SetLegalHoldAsync(
            context.Bucket.Id, context.Request.Key, context.VersionId, document.Value!.IsOn, CancellationToken.None));
    }

    private static async Task<S3Error?> GetAsync(OperationContext context, Func<VersionFacts, byte[]?> write)
    {
        var found = Find(context, badDocument: null);
        if (!found.Succeeded)
        {
            return found.Error;
        }

        if (write(found.Value) is not { } document)
        {
            return new S3Error(S3ErrorCode.NoSuchObjectLockConfiguration, Details: [new("Key", context.Request.Key)]);
        }

        await context.Exchange.RespondXmlAsync(StatusCodes.Status200OK, document);
        return null;
    }

    // A bucket that locks nothing is told before anything of its objects is.
    private static Outcome<VersionFacts> Find(OperationContext context, S3Error? badDocument)
    {
        if (!context.Bucket.Facts.HasObjectLock)
        {
            return new S3Error(S3ErrorCode.InvalidRequest, GivenLock.BucketLacksLock);
        }

        var found = VersionAnswer.Find(context);
        return found.Succeeded && badDocument is not null ? badDocument : found;
    }

    private static S3Error? Answer(OperationContext context, Outcome<CommittedVersion> changed)
    {
        if (!changed.Succeeded)
        {
            return changed.Error;
        }

        context.SetVersionId(changed.Value.Facts.VersionId);
        context.Committed(changed.Value.Sequence);
        context.Exchange.Respond(StatusCodes.Status200OK);
        return null;
    }
}
