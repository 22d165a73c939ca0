using System.Runtime.CompilerServices;
using EdgeCache.Shared.Iam.Policies;
using EdgeCache.Shared.Replication;

namespace EdgeCache.Shared.Iam;

/// <summary>
/// Decides whether a principal may do an action. In order: the key's access level is a ceiling; the access policies of the caller's organization must
/// allow it and none deny it; the bucket policy denies, allows or is silent; then the bucket's own organization may, and others what the ACLs of
/// bucket and object grant. Whatever nothing allows is denied. Pure: the same request has the same answer on origin and edge.
/// </summary>
public static class AccessEvaluator
{
    private const string ListAction = "s3:ListBucket";

    /// <summary>The longest resource that is put together on the stack, in characters: the longest bucket and key, and the slash.</summary>
    private const int CommonResourceLength = 1088;

    private static readonly AccessDecision AllowedEdge = new(true, "an edge reads any object");
    private static readonly AccessDecision AllowedObjectOwner = new(true, "the object belongs to the caller's organization");
    private static readonly AccessDecision AllowedBucketAcl = new(true, "the bucket's ACL grants it");
    private static readonly AccessDecision AllowedObjectAcl = new(true, "the object's ACL grants it");
    private static readonly AccessDecision DeniedUnknown = new(false, "the action is not known");
    private static readonly AccessDecision DeniedEdge = new(false, "an edge only reads objects");
    private static readonly AccessDecision DeniedAnonymous = new(false, "the action needs an authenticated caller");
    private static readonly AccessDecision DeniedLevel = new(false, "the key's access level forbids it");
    private static readonly AccessDecision DeniedNoOrganization = new(false, "nothing is known of the caller's organization");
    private static readonly AccessDecision DeniedSuspended = new(false, "the caller's organization is suspended");
    private static readonly AccessDecision DeniedNoPolicy = new(false, "no access policy of the caller's organization allows it");
    private static readonly AccessDecision DeniedNoBucket = new(false, "the action needs a bucket");
    private static readonly AccessDecision DeniedDefault = new(false, "neither the bucket policy nor an ACL allows it");

    private static readonly AccessDecision DeniedUnreadable = new(false, "the bucket policy can't be read by this version", BucketPolicy.DecisionName)
    {
        Advice = "Access Denied: the bucket policy was accepted by another version and can't be read. The bucket's owner can get, replace and delete it.",
    };

    /// <summary>Answers <paramref name="request"/>.</summary>
    [SkipLocalsInit]
    public static AccessDecision Evaluate(in AccessRequest request)
    {
        if (!IamActions.TryGet(request.Action, out var action))
        {
            return DeniedUnknown;
        }

        var principal = request.Principal;
        if (principal.Kind == PrincipalKind.Edge)
        {
            return action.Kind is ActionKind.ReadObject or ActionKind.ReadObjectSetting or ActionKind.ReadObjectAcl ? AllowedEdge : DeniedEdge;
        }

        if (!action.IsWithin(principal.Level))
        {
            return DeniedLevel;
        }

        var length = ResourceLength(request, action);
        var resource = length <= CommonResourceLength ? stackalloc char[CommonResourceLength] : new char[length];
        WriteResource(request, resource[..length]);
        return Evaluate(new EvaluationContext(in request, action, resource[..length]));
    }

    private static AccessDecision Evaluate(in EvaluationContext context)
    {
        ref readonly var request = ref context.Request;
        PolicyStatement? granting = null;
        if (request.Principal.Kind == PrincipalKind.User)
        {
            if (DenyByOrganization(context, out granting) is { } denied)
            {
                return denied;
            }
        }

        if (context.Action.Kind is ActionKind.ListOwnBuckets or ActionKind.CreateBucket or ActionKind.Control)
        {
            return granting?.Allowed ?? DeniedAnonymous;
        }

        if (request.Bucket is not { } bucket)
        {
            return DeniedNoBucket;
        }

        var isForeign = context.Action.NeedsObject && IsForeign(request.Object, bucket);
        var isAbsent = context.Action.ReadsObject && ReferenceEquals(request.Object, ObjectAccess.Absent);
        var isOfOwner = granting is not null && request.Principal.OrganizationId == bucket.OwnerOrganizationId;
        if (bucket.Policy is { } policy && !(isOfOwner && CanMend(policy, context)) && Decide(policy, context) is { } decided &&
            (!decided.Allowed || !(isForeign || isAbsent || (!isOfOwner && policy.IsPublic && bucket.PublicAccess is { RestrictPublicBuckets: true }))))
        {
            return decided;
        }

        return isAbsent ? DecideAbsence(request)
            : isOfOwner && !isForeign ? granting!.AllowedAsOwner!
            : bucket.Ownership == ObjectOwnership.BucketOwnerEnforced ? DeniedDefault
            : DecideByAcl(context, bucket);
    }

    // The first Deny decides; without one, some statement must allow.
    private static AccessDecision? DenyByOrganization(in EvaluationContext context, out PolicyStatement? granting)
    {
        granting = null;
        ref readonly var request = ref context.Request;
        if (request.Organization is not { } organization || organization.Id.Length == 0 || organization.Id != request.Principal.OrganizationId)
        {
            return DeniedNoOrganization;
        }

        if (organization.IsSuspended)
        {
            return DeniedSuspended;
        }

        foreach (var policy in organization.Policies)
        {
            if (policy.Problem is not null)
            {
                return Unreadable(policy);
            }

            foreach (var statement in policy.Statements)
            {
                if ((granting is null || !statement.IsAllow) && statement.IsMatch(context))
                {
                    if (!statement.IsAllow)
                    {
                        return statement.Denied;
                    }

                    granting = statement;
                }
            }
        }

        return granting is null ? DeniedNoPolicy : null;
    }

    private static AccessDecision Unreadable(AccessPolicy policy) =>
        new(false, "an access policy of the caller's organization can't be read by this version", AccessPolicy.DecisionPrefix + policy.Name)
        {
            Advice = $"Access Denied: the access policy {policy.Name} was accepted by another version and can't be read. An admin can replace or delete it.",
        };

    // A bucket policy can't lock itself up: admin keys of the owner always reach it, and all of the owner's that otherwise may if nobody can read it.
    private static bool CanMend(BucketPolicy policy, in EvaluationContext context) =>
        context.Action.IsOfBucketPolicy && (context.Principal.IsAdmin || policy.Problem is not null);

    private static AccessDecision? Decide(BucketPolicy policy, in EvaluationContext context)
    {
        if (policy.Problem is not null)
        {
            return DeniedUnreadable;
        }

        AccessDecision? allowed = null;
        foreach (var statement in policy.Statements)
        {
            if ((allowed is null || !statement.IsAllow) && statement.IsMatch(context))
            {
                if (!statement.IsAllow)
                {
                    return statement.Denied;
                }

                allowed = statement.Allowed;
            }
        }

        return allowed;
    }

    // Who may list the bucket may learn that an object does not exist; to others absence and refusal look alike.
    private static AccessDecision DecideAbsence(in AccessRequest request)
    {
        var listing = Evaluate(request with { Action = ListAction, Key = string.Empty, Object = null, VersionId = null, AbsentKey = request.Key });
        return listing with
        {
            Reason = listing.Allowed ? "the object does not exist, and the caller may list the bucket" : "the object does not exist, and the caller may not list the bucket",
        };
    }

    private static AccessDecision DecideByAcl(in EvaluationContext context, BucketFacts bucket)
    {
        var (kind, principal) = (context.Action.Kind, context.Principal);
        if (AclRules.OnBucket(kind) is { } onBucket)
        {
            return AclRules.BucketGrants(bucket, onBucket, principal) ? AllowedBucketAcl : DeniedDefault;
        }

        if (!context.Action.NeedsObject || context.Request.Object is not { } target)
        {
            return DeniedDefault;
        }

        // An owner has everything, unless a list that it wrote itself withholds the bytes.
        var isOwner = principal.Kind == PrincipalKind.User && principal.OrganizationId == target.OwnerOrganizationId;
        if (isOwner && (target.Grants is null || kind != ActionKind.ReadObject))
        {
            return AllowedObjectOwner;
        }

        return AclRules.OnObject(kind) is { } onObject && AclRules.ObjectGrants(target, bucket, onObject, principal)
            ? AllowedObjectAcl
            : DeniedDefault;
    }

    // What another organization wrote into a bucket is its own: neither the bucket's owner nor the bucket policy can give it away.
    private static bool IsForeign(ObjectAccess? target, BucketFacts bucket) => bucket.Ownership != ObjectOwnership.BucketOwnerEnforced &&
        target is { OwnerOrganizationId.Length: > 0 } && target.OwnerOrganizationId != bucket.OwnerOrganizationId;

    private static int ResourceLength(in AccessRequest request, IamAction action)
    {
        if (action.Kind is ActionKind.ListOwnBuckets or ActionKind.Control)
        {
            return 0;
        }

        var bucket = request.Bucket?.Name ?? request.BucketName;
        return action.IsOfObject && request.Key.Length > 0 ? bucket.Length + 1 + request.Key.Length : bucket.Length;
    }

    private static void WriteResource(in AccessRequest request, Span<char> resource)
    {
        if (resource.IsEmpty)
        {
            return;
        }

        var bucket = request.Bucket?.Name ?? request.BucketName;
        bucket.CopyTo(resource);
        if (resource.Length > bucket.Length)
        {
            resource[bucket.Length] = '/';
            request.Key.CopyTo(resource[(bucket.Length + 1)..]);
        }
    }
}
