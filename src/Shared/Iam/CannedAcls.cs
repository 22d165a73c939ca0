using EdgeCache.Shared.S3;

namespace EdgeCache.Shared.Iam;

/// <summary>The names of canned ACLs in the <c>x-amz-acl</c> header (<see href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html#canned-acl">canned ACL</see>).</summary>
public static class CannedAcls
{
    /// <summary>The name of an ACL, e.g. <c>public-read</c>.</summary>
    public static string Name(CannedAcl acl) => acl switch
    {
        CannedAcl.Private => "private",
        CannedAcl.PublicRead => "public-read",
        CannedAcl.PublicReadWrite => "public-read-write",
        CannedAcl.AuthenticatedRead => "authenticated-read",
        CannedAcl.BucketOwnerRead => "bucket-owner-read",
        CannedAcl.BucketOwnerFullControl => "bucket-owner-full-control",
    };

    /// <summary>Reads a value of <c>x-amz-acl</c>; an absent or empty one is <see cref="CannedAcl.Private"/>, an unknown one InvalidArgument.</summary>
    public static S3Error? TryParse(string? value, out CannedAcl acl)
    {
        acl = CannedAcl.Private;
        if (string.IsNullOrEmpty(value))
        {
            return null;
        }

        foreach (var candidate in Enum.GetValues<CannedAcl>())
        {
            if (string.Equals(value, Name(candidate), StringComparison.Ordinal))
            {
                acl = candidate;
                return null;
            }
        }

        return new S3Error(S3ErrorCode.InvalidArgument, null, [new("ArgumentName", "x-amz-acl"), new("ArgumentValue", value)]);
    }
}
