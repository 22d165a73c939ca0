namespace EdgeCache.Shared.Iam;

/// <summary>One entry of an access control list.</summary>
/// <param name="Grantee">Who is granted.</param>
/// <param name="Permission">What.</param>
public sealed record AclGrant(AclGrantee Grantee, AclPermission Permission);

/// <summary>Whom an entry of an access control list is for.</summary>
/// <param name="Kind">An organization or a group of callers.</param>
/// <param name="Id">The organization's id, which is its canonical user id too; empty for groups.</param>
public sealed record AclGrantee(AclGranteeKind Kind, string Id)
{
    /// <summary>Everyone, signed or not.</summary>
    public static AclGrantee AllUsers { get; } = new(AclGranteeKind.AllUsers, string.Empty);

    /// <summary>Everyone who signs with a key of any organization.</summary>
    public static AclGrantee AuthenticatedUsers { get; } = new(AclGranteeKind.AuthenticatedUsers, string.Empty);

    /// <summary>Everyone of an organization.</summary>
    public static AclGrantee Organization(string id) => new(AclGranteeKind.Organization, id);
}

/// <summary>The kinds of grantees (<see href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html#specifying-grantee">grantees</see>).</summary>
public enum AclGranteeKind
{
    /// <summary>The callers of one organization.</summary>
    Organization,

    /// <summary>Everyone.</summary>
    AllUsers,

    /// <summary>Every caller with an access key.</summary>
    AuthenticatedUsers,
}

/// <summary>The permissions of access control lists (<see href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html#permissions">permissions</see>).</summary>
public enum AclPermission
{
    /// <summary>All the others.</summary>
    FullControl,

    /// <summary>List a bucket, read an object.</summary>
    Read,

    /// <summary>Write and delete objects in a bucket.</summary>
    Write,

    /// <summary>Read the access control list.</summary>
    ReadAcp,

    /// <summary>Write the access control list.</summary>
    WriteAcp,
}
