using EdgeCache.Shared.S3;
using EdgeCache.Shared.S3.Xml;

namespace EdgeCache.Origin.Operations.Objects;

/// <summary>GetObjectAcl (<see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectAcl.html">S3 API</see>).</summary>
internal static class GetObjectAcl
{
    public static async Task<S3Error?> ExecuteAsync(OperationContext context)
    {
        var found = VersionAnswer.Find(context);
        if (!found.Succeeded)
        {
            return found.Error;
        }

        var policy = new AccessControlPolicy(
            Owners.Of(found.Value.OwnerOrganizationId), found.Value.Acl, Owners.Of(context.Bucket.Facts.OwnerOrganizationId));
        await context.Exchange.RespondXmlAsync(StatusCodes.Status200OK, policy.Write());
        return null;
    }
}
