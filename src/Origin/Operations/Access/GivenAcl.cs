using System.Collections.Immutable;
using EdgeCache.Origin.Catalog;
using EdgeCache.Shared.Iam;
using EdgeCache.Shared.S3;

namespace EdgeCache.Origin.Operations.Access;

/// <summary>The ACL that a request gives.</summary>
/// <param name="Canned">The canned ACL; <see cref="CannedAcl.Private"/> when <paramref name="Grants"/> hold or none was given.</param>
/// <param name="Grants">Exactly what is granted; null when the canned ACL holds.</param>
/// <param name="IsGiven">Whether the request gave any.</param>
internal sealed record GivenAcl(CannedAcl Canned, ImmutableArray<AclGrant>? Grants, bool IsGiven)
{
    /// <summary>Whether everyone, or everyone with a key, would be granted something.</summary>
    public bool IsPublic => Grants is { } grants
        ? grants.Any(static g => g.Grantee.Kind is AclGranteeKind.AllUsers or AclGranteeKind.AuthenticatedUsers)
        : Canned is CannedAcl.PublicRead or CannedAcl.PublicReadWrite or CannedAcl.AuthenticatedRead;

    /// <summary>Reads the headers of a request that creates or changes a bucket or an object. Both forms at once are InvalidRequest.</summary>
    public static Outcome<GivenAcl> ReadHeaders(OperationContext context)
    {
        var canned = context.Header("x-amz-acl");
        if (CannedAcls.TryParse(canned, out var acl) is { } badAcl)
        {
            return badAcl;
        }

        if (GrantHeaders.TryParse(context.Header, out var grants) is { } badGrants)
        {
            return badGrants;
        }

        return grants is not null && !string.IsNullOrEmpty(canned)
            ? new S3Error(S3ErrorCode.InvalidRequest, "Specifying both Canned ACLs and Header Grants is not allowed")
            : new GivenAcl(acl, grants, grants is not null || !string.IsNullOrEmpty(canned));
    }
}
