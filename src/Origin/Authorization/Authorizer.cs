using EdgeCache.Origin.Authentication;
using EdgeCache.Origin.Catalog;
using EdgeCache.Origin.Hosting;
using EdgeCache.Origin.Pipeline;
using EdgeCache.Shared.Iam;
using EdgeCache.Shared.Replication;
using EdgeCache.Shared.S3;
using EdgeCache.Shared.S3.Locking;

namespace EdgeCache.Origin.Authorization;

/// <summary>
/// Decides whether a caller may do what it asks, on the state of now of everything that bears on it: the caller's organization, the bucket with its
/// policy, the object with its ACL and tags, and the request itself.
/// </summary>
internal sealed partial class Authorizer(
    OriginCatalog catalog, Organizations organizations, OriginOptions options, TimeProvider time, ILogger<Authorizer> logger)
{
    public async ValueTask<Outcome<AuthorizedRequest>> AuthorizeAsync(
        AuthenticatedRequest authenticated, S3Exchange exchange, CancellationToken cancellationToken)
    {
        var found = await FindBasisAsync(authenticated, exchange);
        if (!found.Succeeded)
        {
            return found.Error;
        }

        var (basis, request) = (found.Value, authenticated.Request);
        if (request.Bucket.Length == 0 || request.Operation == S3Operation.CreateBucket)
        {
            return AuthorizeAccount(basis);
        }

        var bucket = request.HostRegion is null || request.HostRegion == options.Region
            ? await catalog.Buckets.FindAsync(request.Bucket, cancellationToken)
            : null;
        if (bucket is null)
        {
            return new S3Error(S3ErrorCode.NoSuchBucket, Details: [new("BucketName", request.Bucket)]);
        }

        var versionId = request.Query.Get("versionId");
        var version = ConcernsVersion(request.Operation)
            ? (await catalog.Versions.FindAsync(
                bucket.Id, request.Key, versionId, withSegments: request.Operation is S3Operation.GetObject or S3Operation.GetObjectTorrent, cancellationToken)).Version
            : null;
        if (DecidesLater(request))
        {
            return new AuthorizedRequest(basis, bucket, version);
        }

        var target = new DecisionTarget(
            S3Actions.For(request.Operation, versionId is not null), request.Bucket, request.Key, bucket.Facts,
            ConcernsVersion(request.Operation) ? ObjectAccess.Of(version?.Facts) : null);
        return (Decide(basis, target) ?? DecideWhatComesWith(basis, bucket.Facts)) is { } refused ? refused : new AuthorizedRequest(basis, bucket, version);
    }

    /// <summary>
    /// Whether an action would be allowed, for what an answer tells beside what was asked for: it is no refusal of the request, and not recorded as one.
    /// </summary>
    public static bool Allows(DecisionBasis basis, in DecisionTarget target) => Evaluate(basis, target, conditions: null).Allowed;

    /// <summary>Decides one action; AccessDenied when it is refused.</summary>
    /// <param name="basis">Who asks, and how.</param>
    /// <param name="target">For what.</param>
    /// <param name="conditions">What conditions are decided on, when more is known of the request than at first.</param>
    public S3Error? Decide(DecisionBasis basis, in DecisionTarget target, RequestConditions? conditions = null) =>
        Decide(basis, target, out _, conditions);

    /// <summary>The same, and what was decided.</summary>
    public S3Error? Decide(DecisionBasis basis, in DecisionTarget target, out DecidedAction decided, RequestConditions? conditions = null)
    {
        var principal = basis.Authenticated.Principal;
        var decision = Evaluate(basis, target, conditions);
        decided = new DecidedAction(target.Action, decision);
        basis.Exchange.Note(decided);
        if (decision.Allowed)
        {
            return null;
        }

        LogRefused(target.Action, target.BucketName, target.Key, principal.Name, decision.Reason);
        return new S3Error(S3ErrorCode.AccessDenied, decision.Advice);
    }

    /// <summary>
    /// A write that brings an ACL or tags along needs the permission to set them too
    /// (<see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html">PutObject, permissions</see>): who may only write must not make
    /// public. The ACL <c>private</c> needs none, for it grants nothing, and clients send it unasked. The object will be the caller's own.
    /// </summary>
    private S3Error? DecideWhatComesWith(DecisionBasis basis, BucketFacts bucket)
    {
        var request = basis.Authenticated.Request;
        if (request.Operation is not (S3Operation.PutObject or S3Operation.PostObject or S3Operation.CopyObject or S3Operation.CreateMultipartUpload))
        {
            return null;
        }

        var principal = basis.Authenticated.Principal;
        var created = new ObjectAccess(principal.Kind == PrincipalKind.User ? principal.OrganizationId : bucket.OwnerOrganizationId, CannedAcl.Private);
        var headers = basis.Exchange.Request.Headers;

        // Whoever lets anybody write by a form lets them say how: the object is what they brought themselves, and public ACLs can be blocked.
        if (request.Operation == S3Operation.PostObject && principal.Kind == PrincipalKind.Anonymous)
        {
            return null;
        }

        return (GrantsSomething(headers) ? Also("s3:PutObjectAcl") : null) ??
            (headers.ContainsKey("x-amz-tagging") ? Also("s3:PutObjectTagging") : null) ??
            (headers.ContainsKey(ObjectLockHeaders.Mode) || headers.ContainsKey(ObjectLockHeaders.RetainUntil) ? Also("s3:PutObjectRetention") : null) ??
            (headers.ContainsKey(ObjectLockHeaders.LegalHold) ? Also("s3:PutObjectLegalHold") : null);

        S3Error? Also(string action) => Decide(basis, new DecisionTarget(action, request.Bucket, request.Key, bucket, created));
    }

    private static AccessDecision Evaluate(DecisionBasis basis, in DecisionTarget target, RequestConditions? conditions) =>
        AccessEvaluator.Evaluate(new AccessRequest
        {
            Principal = basis.Authenticated.Principal,
            Action = target.Action,
            Organization = basis.Organization,
            BucketName = target.BucketName,
            Key = target.Key,
            Bucket = target.Bucket,
            Object = target.Object,
            VersionId = target.VersionId,
            Conditions = conditions ?? basis.Conditions,
        });

    private static bool GrantsSomething(IHeaderDictionary headers) =>
        headers.Keys.Any(static name => name.StartsWith("x-amz-grant-", StringComparison.OrdinalIgnoreCase)) ||
        headers["x-amz-acl"] is { Count: > 0 } acl && acl != CannedAcls.Name(CannedAcl.Private);

    private async ValueTask<Outcome<DecisionBasis>> FindBasisAsync(AuthenticatedRequest authenticated, S3Exchange exchange)
    {
        OrganizationFacts? organization = null;
        if (authenticated.Principal is { Kind: PrincipalKind.User, OrganizationId: { Length: > 0 } id })
        {
            var reply = await organizations.FindAsync(id);
            if (!reply.IsKnown)
            {
                return new S3Error(S3ErrorCode.ServiceUnavailable, "The access policies can't be read at the moment.");
            }

            organization = reply.Facts;
        }

        var via = authenticated.Via;
        return new DecisionBasis(authenticated, organization, new RequestConditions
        {
            Now = time.GetUtcNow(),
            Request = exchange.Signed,
            Query = authenticated.Request.Query,
            ClientAddress = via is null ? exchange.Context.Connection.RemoteIpAddress : via.ClientAddress,
            IsSecure = via?.IsSecure ?? exchange.Request.IsHttps,
            Signature = authenticated.Claim,
        }, exchange);
    }

    private Outcome<AuthorizedRequest> AuthorizeAccount(DecisionBasis basis)
    {
        var request = basis.Authenticated.Request;
        var isAnonymousList = request.Operation == S3Operation.ListBuckets && basis.Authenticated.Principal.Kind == PrincipalKind.Anonymous;
        return !isAnonymousList && !DecidesLater(request) &&
               Decide(basis, new DecisionTarget(S3Actions.For(request.Operation, versionIdGiven: false), request.Bucket, string.Empty, null)) is { } refused
            ? refused
            : new AuthorizedRequest(basis, null, null); // Nobody owns no buckets: an empty list tells nothing.
    }

    /// <summary>Whether the decision needs what the body says: the operation makes it once it has read that.</summary>
    private static bool DecidesLater(S3Request request) =>
        (request.Operation == S3Operation.PostObject && request.Key.Length == 0) ||
        request.Operation is S3Operation.DeleteObjects or S3Operation.PutObjectTagging or S3Operation.CreateBucket;

    private static bool ConcernsVersion(S3Operation operation) => operation is
        S3Operation.GetObject or S3Operation.HeadObject or S3Operation.GetObjectAttributes or S3Operation.GetObjectAcl or S3Operation.PutObjectAcl or
        S3Operation.GetObjectTagging or S3Operation.PutObjectTagging or S3Operation.DeleteObjectTagging or S3Operation.DeleteObject or
        S3Operation.GetObjectRetention or S3Operation.PutObjectRetention or S3Operation.GetObjectLegalHold or S3Operation.PutObjectLegalHold or
        S3Operation.GetObjectTorrent or S3Operation.RestoreObject or S3Operation.SelectObjectContent;

    [LoggerMessage(2400, LogLevel.Debug, "{Action} on {Bucket}/{Key} by {Principal} was refused: {Reason}")]
    private partial void LogRefused(string action, string bucket, string key, string principal, string reason);
}
