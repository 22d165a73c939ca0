using EdgeCache.Shared.Replication;

namespace EdgeCache.Shared.S3;

/// <summary>
/// The caller's own safeguard against a bucket that came into other hands
/// (<see href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html">bucket owner condition</see>).
/// </summary>
public static class ExpectedBucketOwner
{
    /// <summary>The request header that names the organization which must own the bucket addressed.</summary>
    public const string Header = "x-amz-expected-bucket-owner";

    /// <summary>The same for the bucket of a copy's source.</summary>
    public const string SourceHeader = "x-amz-source-expected-bucket-owner";

    /// <summary>AccessDenied when another organization owns the bucket.</summary>
    /// <param name="expected">The header's value; null when it is absent, and anyone will do.</param>
    /// <param name="bucket">The bucket.</param>
    public static S3Error? Check(string? expected, BucketFacts bucket) =>
        expected is null || expected == bucket.OwnerOrganizationId ? null : S3ErrorCode.AccessDenied;
}
