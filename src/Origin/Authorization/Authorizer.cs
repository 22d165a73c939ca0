using EdgeCache.Origin.Authentication;
using EdgeCache.Origin.Catalog;
using EdgeCache.Origin.Hosting;
using EdgeCache.Shared.Iam;
using EdgeCache.Shared.Iam.Policies;
using EdgeCache.Shared.Replication;
using EdgeCache.Shared.S3;

namespace EdgeCache.Origin.Authorization;

/// <summary>Decides whether a caller may do what it asks, on the bucket's and the object's state of now.</summary>
internal sealed partial class Authorizer(OriginCatalog catalog, OriginOptions options, ILogger<Authorizer> logger)
{
    public async ValueTask<Outcome<AuthorizedRequest>> AuthorizeAsync(AuthenticatedRequest authenticated, CancellationToken cancellationToken)
    {
        var request = authenticated.Request;
        if (request.Operation == S3Operation.ListBuckets && authenticated.Principal.Kind == PrincipalKind.Anonymous)
        {
            // Nobody owns no buckets: an empty list tells nothing.
            return new AuthorizedRequest(authenticated, null, null);
        }

        if (request.Bucket.Length == 0 || request.Operation == S3Operation.CreateBucket)
        {
            return Decide(authenticated, S3Actions.For(request.Operation, versionIdGiven: false), bucket: null) is { } refusedAccount
                ? refusedAccount
                : new AuthorizedRequest(authenticated, null, null);
        }

        var bucket = request.HostRegion is null || request.HostRegion == options.Region
            ? await catalog.Buckets.FindAsync(request.Bucket, cancellationToken)
            : null;
        if (bucket is null)
        {
            return new S3Error(S3ErrorCode.NoSuchBucket, Details: [new("BucketName", request.Bucket)]);
        }

        var versionId = request.Query.Get("versionId");
        var action = S3Actions.For(request.Operation, versionId is not null);
        if (!ReadsVersion(request.Operation))
        {
            return Decide(authenticated, action, bucket.Facts) is { } refused ? refused : new AuthorizedRequest(authenticated, bucket, null);
        }

        var found = await catalog.Versions.FindAsync(
            bucket.Id, request.Key, versionId, withSegments: request.Operation == S3Operation.GetObject, cancellationToken);
        return Decide(authenticated, action, bucket.Facts, ObjectAccess.Of(found.Version?.Facts)) is { } refusedObject
            ? refusedObject
            : new AuthorizedRequest(authenticated, bucket, found.Version);
    }

    /// <summary>Decides one action; AccessDenied when it is refused.</summary>
    public S3Error? Decide(AuthenticatedRequest authenticated, string action, BucketFacts? bucket, ObjectAccess? target = null)
    {
        var decision = AccessEvaluator.Evaluate(new AccessRequest
        {
            Principal = authenticated.Principal,
            Action = action,
            Organization = new OrganizationFacts { Id = authenticated.Principal.OrganizationId, Policies = [AccessPolicy.AllowEverything] },
            BucketName = authenticated.Request.Bucket,
            Key = authenticated.Request.Key,
            Bucket = bucket,
            Object = target,
        });
        if (decision.Allowed)
        {
            return null;
        }

        LogRefused(action, authenticated.Request.Resource, authenticated.Principal.Name, decision.Reason);
        return S3ErrorCode.AccessDenied;
    }

    private static bool ReadsVersion(S3Operation operation) => operation is
        S3Operation.GetObject or S3Operation.HeadObject or S3Operation.GetObjectAttributes or S3Operation.GetObjectAcl or S3Operation.GetObjectTagging;

    [LoggerMessage(2400, LogLevel.Debug, "{Action} on {Resource} by {Principal} was refused: {Reason}")]
    private partial void LogRefused(string action, string resource, string principal, string reason);
}
