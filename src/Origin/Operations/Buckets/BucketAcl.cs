using EdgeCache.Origin.Operations.Access;
using EdgeCache.Shared.Iam;
using EdgeCache.Shared.S3;
using EdgeCache.Shared.S3.Xml;

namespace EdgeCache.Origin.Operations.Buckets;

/// <summary>
/// GetBucketAcl and PutBucketAcl (<see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketAcl.html">S3 API</see>).
/// </summary>
internal static class BucketAcl
{
    public static async Task<S3Error?> GetAsync(OperationContext context)
    {
        var facts = context.Bucket.Facts;
        var grants = facts.Grants ?? AccessControlPolicy.GrantsOf(facts.Acl, facts.OwnerOrganizationId);
        await context.Exchange.RespondXmlAsync(StatusCodes.Status200OK, new AccessControlPolicy(facts.OwnerOrganizationId, grants).Write());
        return null;
    }

    public static async Task<S3Error?> PutAsync(OperationContext context)
    {
        var facts = context.Bucket.Facts;
        var given = await AclReader.ReadAsync(context, facts.OwnerOrganizationId);
        if (!given.Succeeded)
        {
            return given.Error;
        }

        var acl = given.Value;
        return await AclRules.CheckAsync(context, acl, facts, ofObject: false) is { } refused
            ? refused
            : BucketChange.Answer(
                context,
                await context.Catalog.Buckets.SetAclAsync(context.Bucket.Id, acl.Grants is null ? acl.Canned : CannedAcl.Private, acl.Grants, CancellationToken.None),
                StatusCodes.Status200OK);
    }
}
