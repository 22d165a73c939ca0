using EdgeCache.Origin.Catalog;
using EdgeCache.Shared.Iam;
using EdgeCache.Shared.Replication;
using EdgeCache.Shared.S3;

namespace EdgeCache.Origin.Operations.Access;

/// <summary>What an ACL must comply with before it is set, and who owns what is written.</summary>
internal static class AclRules
{
    /// <summary>The ACL of a write's headers, if the bucket admits it.</summary>
    public static async ValueTask<Outcome<GivenAcl>> ReadForObjectAsync(OperationContext context)
    {
        var acl = GivenAcl.ReadHeaders(context);
        return acl.Succeeded && acl.Value.IsGiven && await CheckAsync(context, acl.Value, context.Bucket.Facts, ofObject: true) is { } refused ? refused : acl;
    }

    /// <summary>The refusal of an ACL; null when it may be set.</summary>
    /// <param name="context">The request.</param>
    /// <param name="acl">What it gives.</param>
    /// <param name="bucket">The bucket; null when it is being created.</param>
    /// <param name="ofObject">Whether it is for an object.</param>
    public static async ValueTask<S3Error?> CheckAsync(OperationContext context, GivenAcl acl, BucketFacts? bucket, bool ofObject)
    {
        if (bucket?.Ownership == ObjectOwnership.BucketOwnerEnforced && !(ofObject && GrantsToBucketOwnerAlone(acl, bucket)))
        {
            return S3ErrorCode.AccessControlListNotSupported;
        }

        if (acl.IsPublic && bucket?.PublicAccess is { BlockPublicAcls: true })
        {
            return new S3Error(S3ErrorCode.AccessDenied, "Public ACLs are blocked by the bucket's public access block.");
        }

        foreach (var id in acl.Grants?.Where(static g => g.Grantee.Kind == AclGranteeKind.Organization).Select(static g => g.Grantee.Id).Distinct() ?? [])
        {
            if (await CheckGranteeAsync(context, id) is { } unknown)
            {
                return unknown;
            }
        }

        return null;
    }

    /// <summary>Whether a bucket's ACL grants nothing to anyone but its owner.</summary>
    public static bool IsPrivate(BucketFacts bucket) => bucket.Grants is { } grants
        ? grants.All(g => g.Grantee.Kind == AclGranteeKind.Organization && g.Grantee.Id == bucket.OwnerOrganizationId)
        : bucket.Acl is CannedAcl.Private or CannedAcl.BucketOwnerRead or CannedAcl.BucketOwnerFullControl;

    /// <summary>Who owns what this request writes: the caller's organization, or the bucket's owner if its rule or an anonymous caller make it so.</summary>
    public static string OwnerOf(OperationContext context, GivenAcl acl)
    {
        var bucket = context.Bucket.Facts;
        return context.Principal.OrganizationId.Length == 0 || bucket.Ownership == ObjectOwnership.BucketOwnerEnforced ||
               (bucket.Ownership == ObjectOwnership.BucketOwnerPreferred && acl is { Grants: null, Canned: CannedAcl.BucketOwnerFullControl })
            ? bucket.OwnerOrganizationId
            : context.Principal.OrganizationId;
    }

    private static bool GrantsToBucketOwnerAlone(GivenAcl acl, BucketFacts bucket) => acl.Grants is { } grants
        ? grants.All(g => g.Permission == AclPermission.FullControl && g.Grantee.Kind == AclGranteeKind.Organization && g.Grantee.Id == bucket.OwnerOrganizationId)
        : acl.Canned == CannedAcl.BucketOwnerFullControl;

    private static async ValueTask<S3Error?> CheckGranteeAsync(OperationContext context, string id)
    {
        if (id == context.Principal.OrganizationId)
        {
            return null;
        }

        var (isKnown, facts) = await context.Services.Organizations.FindAsync(id);
        return !isKnown ? new S3Error(S3ErrorCode.ServiceUnavailable, "The grantee can't be looked up at the moment.")
            : facts is null ? new S3Error(S3ErrorCode.InvalidArgument, "Invalid id", [new("ArgumentName", "CanonicalUser/ID"), new("ArgumentValue", id)])
            : null;
    }
}
