using System.Collections.Immutable;
using EdgeCache.Origin.Blobs;
using EdgeCache.Origin.Catalog;
using EdgeCache.Shared.Primitives;
using EdgeCache.Shared.S3;

namespace EdgeCache.Origin.Operations.Bodies;

/// <summary>
/// The last step of a write: hands durable blobs to the catalog. From here on the client's departure changes nothing, so no cancellation is passed;
/// and blobs are discarded exactly when the catalog has certainly refused them.
/// </summary>
internal static class Commit
{
    public static async Task<Outcome<CommittedVersion>> VersionAsync(OperationContext context, NewVersion version, WriteCondition condition) =>
        await DiscardRefusedAsync(context, version.Segments, await context.Catalog.Versions.PutAsync(version, condition, CancellationToken.None));

    public static async Task<Outcome<CommittedVersion>> RenameAsync(
        OperationContext context, NewVersion target, string sourceKey, Generation source, WriteCondition condition) =>
        await DiscardRefusedAsync(
            context, target.Segments, await context.Catalog.Versions.RenameAsync(target, sourceKey, source, condition, CancellationToken.None));

    public static async Task<Outcome<StoredPart>> PartAsync(OperationContext context, NewPart part) =>
        await DiscardRefusedAsync(context, part.Segments, await context.Catalog.Uploads.PutPartAsync(part, CancellationToken.None));

    private static async Task<Outcome<T>> DiscardRefusedAsync<T>(OperationContext context, ImmutableArray<BlobSegment> segments, Outcome<T> outcome)
    {
        // After ServiceUnavailable only a restart decides whether the write happened: orphan collection settles it then.
        if (!outcome.Succeeded && outcome.Error.Code != S3ErrorCode.ServiceUnavailable)
        {
            await context.Services.Blobs.DiscardAsync(segments);
        }

        return outcome;
    }
}
