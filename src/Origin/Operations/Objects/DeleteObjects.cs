using EdgeCache.Origin.Authorization;
using EdgeCache.Origin.Catalog;
using EdgeCache.Origin.Operations.Bodies;
using EdgeCache.Origin.Operations.Locking;
using EdgeCache.Origin.Pipeline;
using EdgeCache.Shared.Iam;
using EdgeCache.Shared.Primitives;
using EdgeCache.Shared.S3;
using EdgeCache.Shared.S3.Xml;

namespace EdgeCache.Origin.Operations.Objects;

/// <summary>DeleteObjects (<see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html">S3 API</see>).</summary>
internal static class DeleteObjects
{
    /// <summary>How many deletions of one request wait for the catalog together, to share its commits.</summary>
    public const int MaxConcurrency = 64;

    public static async Task<S3Error?> ExecuteAsync(OperationContext context)
    {
        var request = await DocumentReader.ReadAsync<DeleteRequest>(context, DeleteRequest.ReadAsync, requireDigest: true);
        if (!request.Succeeded)
        {
            return request.Error;
        }

        var entries = request.Value.Objects;
        var outcomes = new Outcome<DeletedVersion>[entries.Count];
        var records = entries.Select(static e => new BatchEntry(e.Key, e.VersionId)).ToArray();
        context.Exchange.Batch = records;
        var options = new ParallelOptions { MaxDegreeOfParallelism = MaxConcurrency };
        await Parallel.ForAsync(0, entries.Count, options, async (i, _) => outcomes[i] = await DeleteAsync(context, entries[i], records[i]));

        var deleted = new List<DeletedEntry>();
        var failures = new List<DeleteFailure>();
        var sequence = 0L;
        for (var i = 0; i < entries.Count; i++)
        {
            var (entry, outcome) = (entries[i], outcomes[i]);
            if (!outcome.Succeeded)
            {
                failures.Add(new DeleteFailure(entry.Key, entry.VersionId, outcome.Error));
                continue;
            }

            sequence = Math.Max(sequence, outcome.Value.Sequence);
            if (!request.Value.Quiet)
            {
                deleted.Add(Describe(entry, outcome.Value));
            }
        }

        if (sequence > 0)
        {
            context.Committed(sequence);
        }

        await context.Exchange.RespondXmlAsync(StatusCodes.Status200OK, new DeleteResult(deleted, failures).Write());
        return null;
    }

    private static async Task<Outcome<DeletedVersion>> DeleteAsync(OperationContext context, ObjectToDelete entry, BatchEntry record)
    {
        var outcome = await TryDeleteAsync(context, entry, record);
        if (outcome.Succeeded)
        {
            record.Succeed(outcome.Value.VersionId, outcome.Value.IsDeleteMarker);
        }
        else
        {
            record.Fail(outcome.Error);
        }

        return outcome;
    }

    private static async Task<Outcome<DeletedVersion>> TryDeleteAsync(OperationContext context, ObjectToDelete entry, BatchEntry record)
    {
        if (!ObjectKey.TryParse(entry.Key, out var key))
        {
            return S3ErrorCode.KeyTooLongError;
        }

        var action = S3Actions.For(S3Operation.DeleteObjects, entry.VersionId is not null);
        var existing = await context.Catalog.Versions.FindAsync(context.Bucket.Id, key.Value, entry.VersionId, withSegments: false, context.Aborted);
        var target = new DecisionTarget(action, context.Request.Bucket, key.Value, context.Bucket.Facts, ObjectAccess.Of(existing.Version?.Facts), entry.VersionId);
        if (context.Decide(target, record) is { } refused)
        {
            return refused;
        }

        var bypass = GovernanceBypass.Decide(context, entry.VersionId is null ? null : existing.Version?.Facts, record);
        if (!bypass.Succeeded)
        {
            return bypass.Error;
        }

        var condition = entry is { ETag: null, LastModified: null, Size: null }
            ? WriteCondition.None
            : new WriteCondition { IfMatch = entry.ETag, IfLastModified = entry.LastModified, IfSize = entry.Size };
        return await context.Catalog.Versions.DeleteAsync(
            context.Bucket.Id, key.Value, entry.VersionId, condition, CancellationToken.None, bypass.Value);
    }

    private static DeletedEntry Describe(ObjectToDelete entry, DeletedVersion deleted) =>
        new(entry.Key, entry.VersionId, deleted.IsDeleteMarker, deleted is { IsDeleteMarker: true, VersionId.Length: > 0 } ? deleted.VersionId : null);
}
