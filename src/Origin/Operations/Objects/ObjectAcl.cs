using EdgeCache.Origin.Operations.Access;
using EdgeCache.Shared.Iam;
using EdgeCache.Shared.S3;
using EdgeCache.Shared.S3.Xml;

namespace EdgeCache.Origin.Operations.Objects;

/// <summary>
/// GetObjectAcl and PutObjectAcl (<see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectAcl.html">S3 API</see>), of the current
/// version or of the one named.
/// </summary>
internal static class ObjectAcl
{
    public static async Task<S3Error?> GetAsync(OperationContext context)
    {
        var found = VersionAnswer.Find(context);
        if (!found.Succeeded)
        {
            return found.Error;
        }

        var facts = found.Value;
        var grants = facts.Grants ?? AccessControlPolicy.GrantsOf(facts.Acl, facts.OwnerOrganizationId, context.Bucket.Facts.OwnerOrganizationId);
        await context.Exchange.RespondXmlAsync(StatusCodes.Status200OK, new AccessControlPolicy(facts.OwnerOrganizationId, grants).Write());
        return null;
    }

    public static async Task<S3Error?> PutAsync(OperationContext context)
    {
        var found = VersionAnswer.Find(context);
        if (!found.Succeeded)
        {
            return found.Error;
        }

        var given = await AclReader.ReadAsync(context, found.Value.OwnerOrganizationId);
        if (!given.Succeeded)
        {
            return given.Error;
        }

        var acl = given.Value;
        if (await AclRules.CheckAsync(context, acl, context.Bucket.Facts, ofObject: true) is { } refused)
        {
            return refused;
        }

        var changed = await context.Catalog.Versions.SetAclAsync(
            context.Bucket.Id, context.Request.Key, context.VersionId, acl.Grants is null ? acl.Canned : CannedAcl.Private, acl.Grants, CancellationToken.None);
        if (!changed.Succeeded)
        {
            return changed.Error;
        }

        context.SetVersionId(changed.Value.Facts.VersionId);
        context.Committed(changed.Value.Sequence);
        context.Exchange.Respond(StatusCodes.Status200OK);
        return null;
    }
}
