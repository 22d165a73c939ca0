using System.Collections.Immutable;
using EdgeCache.Shared.Replication;

namespace EdgeCache.Shared.Iam;

/// <summary>
/// What access control lists grant (<see href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html#permissions">ACL permissions and
/// the actions that they mean</see>), and the grants that canned ACLs stand for.
/// </summary>
internal static class AclRules
{
    /// <summary>The permission on a bucket that means an action; null when none does.</summary>
    public static AclPermission? OnBucket(ActionKind kind) => kind switch
    {
        ActionKind.ListBucket => AclPermission.Read,
        ActionKind.WriteObject or ActionKind.RemoveObject or ActionKind.ListParts => AclPermission.Write,
        ActionKind.ReadBucketAcl => AclPermission.ReadAcp,
        ActionKind.WriteBucketAcl => AclPermission.WriteAcp,
        ActionKind.ListOwnBuckets or ActionKind.CreateBucket or ActionKind.ReadBucket or ActionKind.ManageBucket or ActionKind.ReadObject or
        ActionKind.ReadObjectSetting or ActionKind.ReadObjectAcl or ActionKind.RemoveVersion or ActionKind.WriteObjectSetting or
        ActionKind.WriteObjectAcl or ActionKind.Control => null,
    };

    /// <summary>The permission on an object that means an action; null when none does.</summary>
    public static AclPermission? OnObject(ActionKind kind) => kind switch
    {
        ActionKind.ReadObject => AclPermission.Read,
        ActionKind.ReadObjectAcl => AclPermission.ReadAcp,
        ActionKind.WriteObjectAcl => AclPermission.WriteAcp,
        ActionKind.ListOwnBuckets or ActionKind.CreateBucket or ActionKind.ListBucket or ActionKind.ReadBucket or ActionKind.ReadBucketAcl or
        ActionKind.ManageBucket or ActionKind.WriteBucketAcl or ActionKind.ReadObjectSetting or ActionKind.WriteObject or ActionKind.RemoveObject or
        ActionKind.RemoveVersion or ActionKind.ListParts or ActionKind.WriteObjectSetting or ActionKind.Control => null,
    };

    /// <summary>Whether a bucket's list grants a permission.</summary>
    public static bool BucketGrants(BucketFacts bucket, AclPermission wanted, Principal principal) =>
        bucket.Grants is { } explicitly
            ? HasGrant(explicitly, wanted, principal, GroupsCount(bucket))
            : GroupsCount(bucket) && CannedGrants(bucket.Acl, wanted, principal);

    /// <summary>Whether an object's list grants a permission to someone who does not own it.</summary>
    public static bool ObjectGrants(ObjectAccess target, BucketFacts bucket, AclPermission wanted, Principal principal)
    {
        if (target.Grants is { } explicitly)
        {
            return HasGrant(explicitly, wanted, principal, GroupsCount(bucket));
        }

        return (GroupsCount(bucket) && CannedGrants(target.Acl, wanted, principal)) ||
            (principal.Kind == PrincipalKind.User && principal.OrganizationId == bucket.OwnerOrganizationId &&
                (target.Acl == CannedAcl.BucketOwnerFullControl || (target.Acl == CannedAcl.BucketOwnerRead && wanted == AclPermission.Read)));
    }

    private static bool GroupsCount(BucketFacts bucket) => bucket.PublicAccess is not { IgnorePublicAcls: true };

    // What canned ACLs grant to others than owners, they grant to groups.
    private static bool CannedGrants(CannedAcl acl, AclPermission wanted, Principal principal) => wanted switch
    {
        AclPermission.Read => acl is CannedAcl.PublicRead or CannedAcl.PublicReadWrite ||
            (acl is CannedAcl.AuthenticatedRead && principal.Kind == PrincipalKind.User),
        AclPermission.Write => acl is CannedAcl.PublicReadWrite,
        AclPermission.FullControl or AclPermission.ReadAcp or AclPermission.WriteAcp => false,
    };

    private static bool HasGrant(ImmutableArray<AclGrant> grants, AclPermission wanted, Principal principal, bool groupsCount)
    {
        foreach (var grant in grants)
        {
            if ((grant.Permission == wanted || grant.Permission == AclPermission.FullControl) && IsGrantee(grant.Grantee, principal, groupsCount))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsGrantee(AclGrantee grantee, Principal principal, bool groupsCount) => grantee.Kind switch
    {
        AclGranteeKind.AllUsers => groupsCount,
        AclGranteeKind.AuthenticatedUsers => groupsCount && principal.Kind == PrincipalKind.User,
        AclGranteeKind.Organization => principal.Kind == PrincipalKind.User && grantee.Id.Length > 0 && grantee.Id == principal.OrganizationId,
    };
}
