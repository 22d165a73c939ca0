using EdgeCache.Shared.Iam;
using EdgeCache.Shared.Replication;

namespace EdgeCache.Shared.S3;

/// <summary>
/// Buckets whose readers pay (<see href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/RequesterPaysBuckets.html">Requester Pays</see>): whoever is not of the
/// owner's organization must say that it knows, and nobody may be anonymous.
/// </summary>
public static class RequesterPays
{
    /// <summary>The request header, or query parameter of presigned links, by which a caller agrees.</summary>
    public const string Header = "x-amz-request-payer";

    /// <summary>The response header that tells that the caller paid.</summary>
    public const string ChargedHeader = "x-amz-request-charged";

    /// <summary>What both headers say.</summary>
    public const string Requester = "requester";

    /// <summary>AccessDenied for a caller who has to pay and did not agree.</summary>
    /// <param name="header">The value of <see cref="Header"/>; null when it is absent.</param>
    /// <param name="query">The request's query.</param>
    /// <param name="bucket">The bucket.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="charged">Whether the caller pays, and is to be told so by <see cref="ChargedHeader"/>.</param>
    public static S3Error? Check(string? header, S3Query query, BucketFacts bucket, Principal caller, out bool charged)
    {
        charged = false;
        if (!bucket.Configurations.RequesterPays || caller.Kind == PrincipalKind.Edge ||
            (caller.Kind == PrincipalKind.User && caller.OrganizationId == bucket.OwnerOrganizationId))
        {
            return null;
        }

        charged = caller.Kind == PrincipalKind.User && (header ?? query.Get(Header)) == Requester;
        return charged ? null : new S3Error(S3ErrorCode.AccessDenied, "The bucket is a Requester Pays bucket: requests need x-amz-request-payer and a signature.");
    }
}
