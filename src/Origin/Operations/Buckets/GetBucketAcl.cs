using EdgeCache.Shared.S3;
using EdgeCache.Shared.S3.Xml;

namespace EdgeCache.Origin.Operations.Buckets;

/// <summary>GetBucketAcl (<see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketAcl.html">S3 API</see>).</summary>
internal static class GetBucketAcl
{
    public static async Task<S3Error?> ExecuteAsync(OperationContext context)
    {
        var facts = context.Bucket.Facts;
        var policy = new AccessControlPolicy(Owners.Of(facts.OwnerOrganizationId), facts.Acl);
        await context.Exchange.RespondXmlAsync(StatusCodes.Status200OK, policy.Write());
        return null;
    }
}
