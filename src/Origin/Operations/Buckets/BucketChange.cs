using EdgeCache.Origin.Catalog;
using EdgeCache.Shared.S3;

namespace EdgeCache.Origin.Operations.Buckets;

/// <summary>How operations that change a bucket answer.</summary>
internal static class BucketChange
{
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
