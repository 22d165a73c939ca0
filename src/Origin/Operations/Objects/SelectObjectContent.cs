using EdgeCache.Shared.S3;

namespace EdgeCache.Origin.Operations.Objects;

/// <summary>
/// SelectObjectContent (<see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_SelectObjectContent.html">S3 API</see>), which S3 itself no longer offers to new
/// accounts: they get this answer.
/// </summary>
internal static class SelectObjectContent
{
    public static Task<S3Error?> ExecuteAsync(OperationContext context)
    {
        var found = VersionAnswer.Find(context);
        return Task.FromResult<S3Error?>(found.Error ?? new S3Error(S3ErrorCode.MethodNotAllowed, Details: [new("Method", "POST"), new("ResourceType", "SELECT")]));
    }
}
