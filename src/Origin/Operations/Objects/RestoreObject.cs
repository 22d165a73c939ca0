using EdgeCache.Shared.S3;

namespace EdgeCache.Origin.Operations.Objects;

/// <summary>
/// RestoreObject (<see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_RestoreObject.html">S3 API</see>): every object of this store is at hand, and S3 refuses
/// to restore such ones.
/// </summary>
internal static class RestoreObject
{
    public static Task<S3Error?> ExecuteAsync(OperationContext context)
    {
        var found = VersionAnswer.Find(context);
        return Task.FromResult<S3Error?>(found.Succeeded
            ? new S3Error(
                S3ErrorCode.InvalidObjectState, "Restore is not allowed for the object's current storage class", [new("StorageClass", found.Value.StorageClass)])
            : found.Error);
    }
}
