namespace EdgeCache.Shared.Iam;

/// <summary>The canned ACLs of S3 (<see href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html#canned-acl">canned ACL</see>).</summary>
public enum CannedAcl
{
    /// <summary>Only the owner.</summary>
    Private,

    /// <summary>Everyone may read.</summary>
    PublicRead,

    /// <summary>Everyone may read and write.</summary>
    PublicReadWrite,

    /// <summary>Any authenticated caller may read.</summary>
    AuthenticatedRead,

    /// <summary>The bucket's owner may read the object.</summary>
    BucketOwnerRead,

    /// <summary>The bucket's owner fully controls the object.</summary>
    BucketOwnerFullControl,
}
