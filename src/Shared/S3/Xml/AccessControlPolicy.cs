using System.Xml;
using EdgeCache.Shared.Iam;

namespace EdgeCache.Shared.S3.Xml;

/// <summary>
/// The answer to <see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketAcl.html">GetBucketAcl</see> and
/// <see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectAcl.html">GetObjectAcl</see>: the grants that a canned ACL stands for.
/// </summary>
/// <param name="Owner">The owner of the bucket or object.</param>
/// <param name="Acl">Its canned ACL.</param>
/// <param name="BucketOwner">For an object, the owner of its bucket: the grantee of the <c>bucket-owner-*</c> ACLs.</param>
public sealed record AccessControlPolicy(S3Owner Owner, CannedAcl Acl, S3Owner? BucketOwner = null)
{
    private const string AllUsers = "http://acs.amazonaws.com/groups/global/AllUsers";
    private const string AuthenticatedUsers = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers";
    private const string SchemaInstance = "http://www.w3.org/2001/XMLSchema-instance";

    /// <summary>Writes the document.</summary>
    public byte[] Write() => S3XmlWriter.Document("AccessControlPolicy", this, static (w, policy) =>
    {
        policy.Owner.WriteTo(w, "Owner");
        w.WriteStartElement("AccessControlList");
        foreach (var (group, permission) in GroupGrants(policy.Acl))
        {
            WriteGrant(w, "Group", permission, group, null);
        }

        WriteGrant(w, "CanonicalUser", "FULL_CONTROL", null, policy.Owner);
        if (policy.BucketOwner is { } other && other != policy.Owner && policy.Acl is CannedAcl.BucketOwnerRead or CannedAcl.BucketOwnerFullControl)
        {
            WriteGrant(w, "CanonicalUser", policy.Acl == CannedAcl.BucketOwnerRead ? "READ" : "FULL_CONTROL", null, other);
        }

        w.WriteEndElement();
    });

    private static (string Group, string Permission)[] GroupGrants(CannedAcl acl) => acl switch
    {
        CannedAcl.PublicRead => [(AllUsers, "READ")],
        CannedAcl.PublicReadWrite => [(AllUsers, "READ"), (AllUsers, "WRITE")],
        CannedAcl.AuthenticatedRead => [(AuthenticatedUsers, "READ")],
        CannedAcl.Private or CannedAcl.BucketOwnerRead or CannedAcl.BucketOwnerFullControl => [],
    };

    private static void WriteGrant(XmlWriter writer, string type, string permission, string? group, S3Owner? user)
    {
        writer.WriteStartElement("Grant");
        writer.WriteStartElement("Grantee");
        writer.WriteAttributeString("xmlns", "xsi", null, SchemaInstance);
        writer.WriteAttributeString("xsi", "type", SchemaInstance, type);
        writer.Text("URI", group);
        user?.WriteContent(writer);
        writer.WriteEndElement();
        writer.Text("Permission", permission);
        writer.WriteEndElement();
    }
}
