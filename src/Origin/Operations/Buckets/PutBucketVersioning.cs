using EdgeCache.Origin.Operations.Bodies;
using EdgeCache.Shared.S3;
using EdgeCache.Shared.S3.Xml;

namespace EdgeCache.Origin.Operations.Buckets;

/// <summary>PutBucketVersioning (<see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketVersioning.html">S3 API</see>).</summary>
internal static class PutBucketVersioning
{
    public static async Task<S3Error?> ExecuteAsync(OperationContext context)
    {
        var configuration = await DocumentReader.ReadAsync<VersioningConfiguration>(context, VersioningConfiguration.ReadAsync);
        if (!configuration.Succeeded)
        {
            return configuration.Error;
        }

        var changed = await context.Catalog.Buckets.SetVersioningAsync(context.Bucket.Id, configuration.Value.Status, CancellationToken.None);
        if (!changed.Succeeded)
        {
            return changed.Error;
        }

        context.Committed(changed.Value.Sequence);
        context.Exchange.Respond(StatusCodes.Status200OK);
        return null;
    }
}
