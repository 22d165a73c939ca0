using EdgeCache.Shared.S3;

namespace EdgeCache.Origin.Operations.Buckets;

/// <summary>DeleteBucket (<see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucket.html">S3 API</see>).</summary>
internal static partial class DeleteBucket
{
    public static async Task<S3Error?> ExecuteAsync(OperationContext context)
    {
        var deleted = await context.Catalog.Buckets.DeleteAsync(context.Bucket.Id, CancellationToken.None);
        if (!deleted.Succeeded)
        {
            return deleted.Error;
        }

        // A name that could not be given back stays reserved for this region and organization, which can use it again.
        if (!await context.Services.Directory.ReleaseAsync(context.Request.Bucket, context.Services.Options.Region, CancellationToken.None))
        {
            LogNotReleased(context.Services.Loggers.CreateLogger(typeof(DeleteBucket).FullName!), context.Request.Bucket);
        }

        context.Committed(deleted.Value.Sequence);
        context.Exchange.Respond(StatusCodes.Status204NoContent);
        return null;
    }

    [LoggerMessage(2300, LogLevel.Warning, "The name of the deleted bucket {Bucket} stays reserved: the control plane could not be reached.")]
    private static partial void LogNotReleased(ILogger logger, string bucket);
}
