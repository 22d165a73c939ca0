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

    /// <summary>AccessDenied when another organization owns the bucket that a request addresses.</summary>
    /// <param name="header">The value of <see cref="Header"/>; null when it is absent, and anyone will do.</param>
    /// <param name="query">The request's query, in which presigned links have it.</param>
    /// <param name="bucket">The bucket.</param>
    public static S3Error? Check(string? header, S3Query query, BucketFacts bucket) => Check(Header, header, query, bucket);

    /// <summary>The same for the bucket of a copy's source, and <see cref="SourceHeader"/>.</summary>
    public static S3Error? CheckSource(string? header, S3Query query, BucketFacts bucket) => Check(SourceHeader, header, query, bucket);

    /// <summary>The owner that a request expects, by its header or its query; false when it expects several, which no bucket has.</summary>
    /// <param name="name"><see cref="Header"/> or <see cref="SourceHeader"/>. SDKs write it into the query in different cases.</param>
    /// <param name="header">The header's value; null when it is absent.</param>
    /// <param name="query">The request's query.</param>
    /// <param name="owner">The owner; null when none is expected.</param>
    public static bool TryRead(string name, string? header, S3Query query, out string? owner)
    {
        owner = header;
        foreach (var (key, value) in query.Parameters)
        {
            if (!key.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            if (owner is not null && owner != value)
            {
                return false;
            }

            owner = value;
        }

        return true;
    }

    private static S3Error? Check(string name, string? header, S3Query query, BucketFacts bucket) =>
        TryRead(name, header, query, out var owner) && (owner is null || owner == bucket.OwnerOrganizationId) ? null : S3ErrorCode.AccessDenied;
}
