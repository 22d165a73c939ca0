using EdgeCache.Origin.Catalog;
using EdgeCache.Shared.Replication;
using EdgeCache.Shared.S3;

namespace EdgeCache.Origin.Operations.Buckets;

/// <summary>How operations that change a bucket answer.</summary>
internal static class BucketChange
{
    /// <summary>Changes what the owner configured, and answers.</summary>
    public static async Task<S3Error?> ConfigureAsync(OperationContext context, Func<BucketConfigurations, BucketConfigurations> change, int status) =>
        Answer(context, await context.Catalog.Buckets.ConfigureAsync(context.Bucket.Id, change, CancellationToken.None), status);

    public static S3Error? Answer(OperationContext context, Outcome<CommittedBucket> changed, int status)
    {
        if (!changed.Succeeded)
        {
            return changed.Error;
        }

        context.Committed(changed.Value.Sequence);
        context.Exchange.Respond(status);
        return null;
    }
}
