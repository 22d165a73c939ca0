using EdgeCache.Edge.Authentication;
using EdgeCache.Edge.Caching;
using EdgeCache.Edge.Pipeline;
using EdgeCache.Shared.Iam;
using EdgeCache.Shared.Replication;
using EdgeCache.Shared.S3;

namespace EdgeCache.Edge.Authorization;

/// <summary>
/// Decides reads by the evaluator that the origin uses too, on every request, hit or not. The answer depends on this caller alone: nothing of
/// it is cached.
/// </summary>
internal sealed partial class Authoriser(TimeProvider time, ILogger<Authoriser> logger)
{
    /// <summary>Decides on the facts of the caller's organization, the bucket and the version, and on the request itself.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="organization">The caller's organization; null for callers without one.</param>
    /// <param name="edgeRequest">For what, and how.</param>
    /// <param name="bucket">The bucket.</param>
    /// <param name="version">The version that the request names; null when there is none, which only those who may list learn.</param>
    public (S3Error? Error, AuthorisedRead? Read) Decide(
        AuthenticatedCaller caller, OrganizationFacts? organization, EdgeRequest edgeRequest, LocatedBucket bucket, VersionFacts? version)
    {
        var request = edgeRequest.S3!;
        var versionId = request.Query.Get("versionId");
        var action = S3Actions.For(request.Operation, versionId is not null);
        var asked = new AccessRequest
        {
            Principal = caller.Principal,
            Action = action,
            Organization = organization,
            BucketName = request.Bucket,
            Key = request.Key,
            Bucket = bucket.Facts,
            Object = ObjectAccess.Of(version),
            Conditions = new RequestConditions
            {
                Now = time.GetUtcNow(),
                Request = edgeRequest.Signed,
                Query = request.Query,
                ClientAddress = edgeRequest.Http.Connection.RemoteIpAddress,
                IsSecure = edgeRequest.Http.Request.IsHttps,
                Signature = caller.Claim,
            },
        };
        var decision = AccessEvaluator.Evaluate(asked);
        edgeRequest.Decided(action, decision);
        if (!decision.Allowed)
        {
            LogRefused(action, request.Bucket, caller.Principal.Name, decision.Reason);
            return (new S3Error(S3ErrorCode.AccessDenied, decision.Advice), null);
        }

        return version is not null ? (null, new AuthorisedRead(
                caller, bucket.Region, WithReadableLock(asked, version), versionId is null ? bucket.Facts.Configurations.Lifecycle : null))
            : versionId is null ? (new S3Error(S3ErrorCode.NoSuchKey, null, [new("Key", request.Key)]), null)
            : (new S3Error(S3ErrorCode.NoSuchVersion, null, [new("Key", request.Key), new("VersionId", versionId)]), null);
    }

    /// <summary>The facts without what of the lock the caller may not read.</summary>
    private static VersionFacts WithReadableLock(AccessRequest asked, VersionFacts facts)
    {
        if (facts is { Retention: null, LegalHold: null })
        {
            return facts;
        }

        return facts with
        {
            Retention = facts.Retention is not null && May(S3Operation.GetObjectRetention) ? facts.Retention : null,
            LegalHold = facts.LegalHold is not null && May(S3Operation.GetObjectLegalHold) ? facts.LegalHold : null,
        };

        bool May(S3Operation operation) => AccessEvaluator.Evaluate(asked with { Action = S3Actions.For(operation, versionIdGiven: false) }).Allowed;
    }

    [LoggerMessage(3300, LogLevel.Debug, "{Action} in {Bucket} by {Principal} was refused: {Reason}")]
    private partial void LogRefused(string action, string bucket, string principal, string reason);
}
