using EdgeCache.Origin.Operations.Access;
using EdgeCache.Origin.Operations.Bodies;
using EdgeCache.Shared.Iam;
using EdgeCache.Shared.S3;
using EdgeCache.Shared.S3.Xml;

namespace EdgeCache.Origin.Operations.Buckets;

/// <summary>
/// GetBucketOwnershipControls, PutBucketOwnershipControls and DeleteBucketOwnershipControls
/// (<see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketOwnershipControls.html">S3 API</see>).
/// </summary>
internal static class BucketOwnershipControls
{
    public static async Task<S3Error?> GetAsync(OperationContext context)
    {
        if (context.Bucket.Facts.Ownership is not { } ownership)
        {
            return new S3Error(S3ErrorCode.OwnershipControlsNotFoundError, Details: [new("BucketName", context.Request.Bucket)]);
        }

        await context.Exchange.RespondXmlAsync(StatusCodes.Status200OK, new OwnershipControls(ownership).Write());
        return null;
    }

    public static async Task<S3Error?> PutAsync(OperationContext context)
    {
        var controls = await DocumentReader.ReadAsync<OwnershipControls>(context, OwnershipControls.ReadAsync);
        if (!controls.Succeeded)
        {
            return controls.Error;
        }

        // An ACL that shares the bucket would silently count for nothing.
        return controls.Value.Ownership == ObjectOwnership.BucketOwnerEnforced && !AclRules.IsPrivate(context.Bucket.Facts)
            ? S3ErrorCode.InvalidBucketAclWithObjectOwnership
            : await SetAsync(context, controls.Value.Ownership, StatusCodes.Status200OK);
    }

    public static Task<S3Error?> DeleteAsync(OperationContext context) => SetAsync(context, null, StatusCodes.Status204NoContent);

    private static async Task<S3Error?> SetAsync(OperationContext context, ObjectOwnership? ownership, int status) =>
        BucketChange.Answer(context, await context.Catalog.Buckets.SetOwnershipAsync(context.Bucket.Id, ownership, CancellationToken.None), status);
}
