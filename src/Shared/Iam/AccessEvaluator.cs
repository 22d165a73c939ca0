namespace EdgeCache.Shared.Iam;

/// <summary>
/// Decides whether a principal may do an action: the key's access level is a ceiling; within it the bucket's own organization may do everything, and
/// everyone else what the canned ACLs of bucket and object grant. Whatever nothing allows is denied. Pure: the same request has the same answer on origin and edge.
/// </summary>
public static class AccessEvaluator
{
    private static readonly AccessDecision AllowedEdge = new(true, "an edge reads any object");
    private static readonly AccessDecision AllowedAccount = new(true, "the access level allows it");
    private static readonly AccessDecision AllowedOwner = new(true, "the bucket belongs to the caller's organization");
    private static readonly AccessDecision AllowedObjectOwner = new(true, "the object belongs to the caller's organization");
    private static readonly AccessDecision AllowedBucketAcl = new(true, "the bucket's ACL grants it");
    private static readonly AccessDecision AllowedObjectAcl = new(true, "the object's ACL grants it");
    private static readonly AccessDecision AllowedAbsence = new(true, "the object does not exist and the bucket's ACL grants listing");
    private static readonly AccessDecision DeniedUnknown = new(false, "the action is not known");
    private static readonly AccessDecision DeniedEdge = new(false, "an edge only reads objects");
    private static readonly AccessDecision DeniedAnonymous = new(false, "the action needs an authenticated caller");
    private static readonly AccessDecision DeniedLevel = new(false, "the key's access level forbids it");
    private static readonly AccessDecision DeniedNoOrganization = new(false, "nothing is known of the caller's organization");
    private static readonly AccessDecision DeniedSuspended = new(false, "the caller's organization is suspended");
    private static readonly AccessDecision DeniedNoPolicy = new(false, "no access policy of the caller's organization allows it");
    private static readonly AccessDecision DeniedDefault = new(false, "nothing allows it");

    /// <summary>Answers <paramref name="request"/>.</summary>
    public static AccessDecision Evaluate(in AccessRequest request)
    {
        if (!IamActions.TryGet(request.Action, out var action))
        {
            return DeniedUnknown;
        }

        var kind = action.Kind;
        var principal = request.Principal;
        if (principal.Kind == PrincipalKind.Edge)
        {
            return kind is ActionKind.ReadObject or ActionKind.ReadObjectSetting or ActionKind.ReadObjectAcl ? AllowedEdge : DeniedEdge;
        }

        if (principal.Kind == PrincipalKind.User && DenyByOrganization(request) is { } denied)
        {
            return denied;
        }

        if (!action.IsWithin(principal.Level))
        {
            return DeniedLevel;
        }

        var isUser = principal is { Kind: PrincipalKind.User, OrganizationId.Length: > 0 };
        if (kind is ActionKind.ListOwnBuckets or ActionKind.CreateBucket)
        {
            return isUser ? AllowedAccount : DeniedAnonymous;
        }

        if (request.Bucket is not { } bucket)
        {
            return DeniedDefault;
        }

        if (isUser && principal.OrganizationId == bucket.OwnerOrganizationId)
        {
            return AllowedOwner;
        }

        return EvaluateAsStranger(kind, isUser, request) ?? DeniedDefault;
    }

    private static AccessDecision? DenyByOrganization(in AccessRequest request) =>
        request.Organization is not { } organization || organization.Id != request.Principal.OrganizationId ? DeniedNoOrganization
        : organization.IsSuspended ? DeniedSuspended
        : organization.Policies.IsEmpty ? DeniedNoPolicy
        : null;

    private static AccessDecision? EvaluateAsStranger(ActionKind kind, bool isUser, in AccessRequest request)
    {
        var bucketAcl = request.Bucket!.Acl;
        switch (kind)
        {
            case ActionKind.ListBucket:
                return GrantsRead(bucketAcl, isUser) ? AllowedBucketAcl : null;
            case ActionKind.WriteObject:
                return bucketAcl == CannedAcl.PublicReadWrite ? AllowedBucketAcl : null;
            case ActionKind.ReadObject or ActionKind.ReadObjectSetting or ActionKind.ReadObjectAcl when request.Object is { } target:
                if (ReferenceEquals(target, ObjectAccess.Absent))
                {
                    return GrantsRead(bucketAcl, isUser) ? AllowedAbsence : null;
                }

                if (isUser && request.Principal.OrganizationId == target.OwnerOrganizationId)
                {
                    return AllowedObjectOwner;
                }

                return kind == ActionKind.ReadObject && GrantsRead(target.Acl, isUser) ? AllowedObjectAcl : null;
            default:
                return null;
        }
    }

    private static bool GrantsRead(CannedAcl acl, bool isUser) =>
        acl is CannedAcl.PublicRead or CannedAcl.PublicReadWrite || (isUser && acl is CannedAcl.AuthenticatedRead);
}
