using System.Collections.Immutable;
using System.Xml;
using EdgeCache.Shared.Iam;

namespace EdgeCache.Shared.S3.Xml;

/// <summary>
/// The document of <see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketAcl.html">GetBucketAcl</see>,
/// <see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectAcl.html">PutObjectAcl</see> and their counterparts.
/// </summary>
/// <param name="OwnerId">The organization that owns the bucket or object; null in a request that does not say it.</param>
/// <param name="Grants">What is granted.</param>
public sealed record AccessControlPolicy(string? OwnerId, ImmutableArray<AclGrant> Grants)
{
    /// <summary>The largest body, in bytes.</summary>
    public const int MaxBytes = S3XmlBody.DefaultMaxBytes;

    private const string SchemaInstance = "http://www.w3.org/2001/XMLSchema-instance";

    private static readonly S3Error Malformed = S3ErrorCode.MalformedACLError;

    /// <summary>The grants that a canned ACL stands for: those of groups, then the owner's, then the bucket owner's.</summary>
    /// <param name="acl">The canned ACL.</param>
    /// <param name="ownerId">The owner of the bucket or object.</param>
    /// <param name="bucketOwnerId">For an object, the owner of its bucket: the grantee of the <c>bucket-owner-*</c> ACLs.</param>
    public static ImmutableArray<AclGrant> GrantsOf(CannedAcl acl, string ownerId, string? bucketOwnerId = null)
    {
        ImmutableArray<AclGrant> groups = acl switch
        {
            CannedAcl.PublicRead => [new(AclGrantee.AllUsers, AclPermission.Read)],
            CannedAcl.PublicReadWrite => [new(AclGrantee.AllUsers, AclPermission.Read), new(AclGrantee.AllUsers, AclPermission.Write)],
            CannedAcl.AuthenticatedRead => [new(AclGrantee.AuthenticatedUsers, AclPermission.Read)],
            CannedAcl.Private or CannedAcl.BucketOwnerRead or CannedAcl.BucketOwnerFullControl => [],
        };
        var grants = groups.Add(new AclGrant(AclGrantee.Organization(ownerId), AclPermission.FullControl));
        return bucketOwnerId is null || bucketOwnerId == ownerId || acl is not (CannedAcl.BucketOwnerRead or CannedAcl.BucketOwnerFullControl)
            ? grants
            : grants.Add(new AclGrant(
                AclGrantee.Organization(bucketOwnerId), acl == CannedAcl.BucketOwnerRead ? AclPermission.Read : AclPermission.FullControl));
    }

    /// <summary>Writes the document: groups first, as canned ACLs have them, since clients look there for public access.</summary>
    /// <param name="displayName">The name for people of an organization, by its id; the id itself without.</param>
    public byte[] Write(Func<string, string>? displayName = null) => S3XmlWriter.Document("AccessControlPolicy", (Policy: this, Name: displayName ?? (static id => id)), static (w, s) =>
    {
        if (s.Policy.OwnerId is { } owner)
        {
            new S3Owner(owner, s.Name(owner)).WriteTo(w, "Owner");
        }

        w.WriteStartElement("AccessControlList");
        foreach (var grant in s.Policy.Grants.OrderBy(static g => g.Grantee.Kind == AclGranteeKind.Organization))
        {
            WriteGrant(w, grant, s.Name);
        }

        w.WriteEndElement();
    });

    /// <summary>
    /// Reads the body: MalformedACLError when it is no ACL of at most <see cref="GrantHeaders.MaxGrants"/> grants, UnresolvableGrantByEmailAddress for a
    /// grantee named by mail address, InvalidArgument for a group that does not exist.
    /// </summary>
    public static ValueTask<(AccessControlPolicy? Value, S3Error? Error)> ReadAsync(Stream body, CancellationToken cancellationToken) =>
        S3XmlBody.ReadAsync(body, MaxBytes, Parse, cancellationToken);

    internal static (AccessControlPolicy? Value, S3Error? Error) Parse(ReadOnlyMemory<byte> document)
    {
        S3Error? problem = null;
        var value = S3XmlCursor.Parse(document, "AccessControlPolicy", cursor =>
        {
            string? owner = null;
            ImmutableArray<AclGrant>? grants = null;
            foreach (var child in cursor.Children())
            {
                switch (child)
                {
                    case "Owner":
                        owner = ReadOwner(cursor);
                        break;
                    case "AccessControlList" when grants is null:
                        grants = ReadGrants(cursor, ref problem);
                        break;
                    default:
                        problem ??= Malformed;
                        break;
                }
            }

            return grants is { } known ? new AccessControlPolicy(owner, known) : null;
        });
        return value is null || problem is not null ? (null, problem ?? Malformed) : (value, null);
    }

    private static string? ReadOwner(S3XmlCursor cursor)
    {
        string? id = null;
        foreach (var child in cursor.Children())
        {
            if (child == "ID")
            {
                id = cursor.Text();
            }
        }

        return id;
    }

    private static ImmutableArray<AclGrant> ReadGrants(S3XmlCursor cursor, ref S3Error? problem)
    {
        var grants = ImmutableArray.CreateBuilder<AclGrant>();
        foreach (var child in cursor.Children())
        {
            if (child != "Grant" || grants.Count == GrantHeaders.MaxGrants || ReadGrant(cursor, ref problem) is not { } grant)
            {
                problem ??= Malformed;
                continue;
            }

            grants.Add(grant);
        }

        return grants.ToImmutable();
    }

    private static AclGrant? ReadGrant(S3XmlCursor cursor, ref S3Error? problem)
    {
        AclGrantee? grantee = null;
        AclPermission? permission = null;
        foreach (var child in cursor.Children())
        {
            switch (child)
            {
                case "Grantee":
                    grantee = ReadGrantee(cursor, ref problem);
                    break;
                case "Permission":
                    permission = PermissionOf(cursor.Text());
                    break;
                default:
                    return null;
            }
        }

        return grantee is null || permission is not { } known ? null : new AclGrant(grantee, known);
    }

    // The kind of grantee follows from what names it; the xsi:type attribute says the same again.
    private static AclGrantee? ReadGrantee(S3XmlCursor cursor, ref S3Error? problem)
    {
        AclGrantee? grantee = null;
        foreach (var child in cursor.Children())
        {
            switch (child)
            {
                case "ID" when cursor.Text() is { Length: > 0 } id:
                    grantee = AclGrantee.Organization(id);
                    break;
                case "URI":
                    problem ??= GrantHeaders.TryParseGroup(cursor.Text(), out grantee);
                    break;
                case "EmailAddress":
                    problem ??= S3ErrorCode.UnresolvableGrantByEmailAddress;
                    break;
                default:
                    break;
            }
        }

        return grantee;
    }

    private static AclPermission? PermissionOf(string text) => text switch
    {
        "FULL_CONTROL" => AclPermission.FullControl,
        "READ" => AclPermission.Read,
        "WRITE" => AclPermission.Write,
        "READ_ACP" => AclPermission.ReadAcp,
        "WRITE_ACP" => AclPermission.WriteAcp,
        _ => null,
    };

    private static string NameOf(AclPermission permission) => permission switch
    {
        AclPermission.FullControl => "FULL_CONTROL",
        AclPermission.Read => "READ",
        AclPermission.Write => "WRITE",
        AclPermission.ReadAcp => "READ_ACP",
        AclPermission.WriteAcp => "WRITE_ACP",
    };

    private static void WriteGrant(XmlWriter writer, AclGrant grant, Func<string, string> displayName)
    {
        var isUser = grant.Grantee.Kind == AclGranteeKind.Organization;
        writer.WriteStartElement("Grant");
        writer.WriteStartElement("Grantee");
        writer.WriteAttributeString("xmlns", "xsi", null, SchemaInstance);
        writer.WriteAttributeString("xsi", "type", SchemaInstance, isUser ? "CanonicalUser" : "Group");
        if (isUser)
        {
            new S3Owner(grant.Grantee.Id, displayName(grant.Grantee.Id)).WriteContent(writer);
        }
        else
        {
            writer.Text("URI", grant.Grantee.Kind == AclGranteeKind.AllUsers ? GrantHeaders.AllUsersUri : GrantHeaders.AuthenticatedUsersUri);
        }

        writer.WriteEndElement();
        writer.Text("Permission", NameOf(grant.Permission));
        writer.WriteEndElement();
    }
}
