namespace EdgeCache.Shared.Iam;

/// <summary>
/// What a bucket's owner rules out whatever ACLs and policies say
/// (<see href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html">blocking public access</see>).
/// </summary>
/// <param name="BlockPublicAcls">Requests that would set a public ACL are refused.</param>
/// <param name="IgnorePublicAcls">Grants to everyone and to all authenticated users count for nothing.</param>
/// <param name="BlockPublicPolicy">Requests that would set a public bucket policy are refused.</param>
/// <param name="RestrictPublicBuckets">What a public bucket policy allows, it allows to the owner's organization only.</param>
public sealed record PublicAccessBlock(bool BlockPublicAcls, bool IgnorePublicAcls, bool BlockPublicPolicy, bool RestrictPublicBuckets)
{
    /// <summary>Nothing is ruled out.</summary>
    public static PublicAccessBlock None { get; } = new(false, false, false, false);
}

/// <summary>
/// Who owns objects that others write into a bucket, and whether ACLs count
/// (<see href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html">object ownership</see>).
/// </summary>
public enum ObjectOwnership
{
    /// <summary>The writer owns it.</summary>
    ObjectWriter,

    /// <summary>The bucket's owner, if the writer grants it full control by the canned ACL; the writer otherwise.</summary>
    BucketOwnerPreferred,

    /// <summary>The bucket's owner always, and ACLs count for nothing.</summary>
    BucketOwnerEnforced,
}
