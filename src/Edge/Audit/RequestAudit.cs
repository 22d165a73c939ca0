using EdgeCache.Edge.Authentication;
using EdgeCache.Edge.Caching;
using EdgeCache.Edge.Hosting;
using EdgeCache.Edge.Pipeline;
using EdgeCache.Shared.Audit;
using EdgeCache.Shared.Iam;
using EdgeCache.Shared.Replication;
using EdgeCache.Shared.S3;
using EdgeCache.Shared.SigV4;

namespace EdgeCache.Edge.Audit;

/// <summary>
/// Records what this edge answers itself: reads, from the cache or not, refusals, and what it could not pass on. What it passes on the origin records.
/// What must be recorded and can't be is refused with 503. The record is written before the last bytes of the answer are handed to the network.
/// </summary>
internal sealed class RequestAudit(
    AuditParts parts, OrganizationCache organizations, BucketLocator locator, Authenticator authenticator, EdgeOptions options, TimeProvider time)
{
    private static readonly S3Error s_unknown = new(S3ErrorCode.ServiceUnavailable, "The audit settings can't be read at the moment.");

    /// <summary>Says of a request that it was sent to the origin and not answered.</summary>
    private static readonly KeyValuePair<string, string> s_unanswered = new("forwarding", "unanswered");

    /// <summary>Says of a request that the origin could not be reached.</summary>
    private static readonly KeyValuePair<string, string> s_notSent = new("forwarding", "not-sent");

    private readonly string _servedBy = $"edge/{options.Name}";

    /// <summary>Finds out whether a read that may go on is recorded, and refuses it where that would not be possible.</summary>
    /// <param name="request">The request.</param>
    /// <param name="bucket">Its bucket.</param>
    /// <param name="caller">The facts of the caller's organization: most often it owns the bucket.</param>
    public ValueTask<S3Error?> AdmitAsync(EdgeRequest request, BucketFacts bucket, OrganizationFacts? caller)
    {
        if (request.IsAuditKnown)
        {
            return ValueTask.FromResult<S3Error?>(null);
        }

        var owner = new BucketOwner(bucket.OwnerOrganizationId, bucket.Region);
        return caller?.Id == owner.OrganizationId ? ValueTask.FromResult(Admit(request, owner, caller)) : AskAsync(request, owner);
    }

    /// <summary>
    /// The same for a request that this edge answers with an error: the owner of its bucket wants to know, if there is one; above buckets and of a new
    /// bucket the organization of the caller, once the signature has proven who that is.
    /// </summary>
    public async ValueTask<S3Error?> AdmitRefusedAsync(EdgeRequest request)
    {
        if (request.IsAuditKnown || request.Passage == Passage.Sent || request.S3 is not { } s3)
        {
            return null;
        }

        if (request.Phase == RequestPhase.PassOn)
        {
            // What is passed on the origin would have authenticated.
            (_, request.Caller) = await authenticator.AuthenticateAsync(request.Signed, request.Aborted);
        }

        if (s3.Bucket.Length == 0 || s3.Operation == S3Operation.CreateBucket)
        {
            return request.Caller?.Principal is { Kind: PrincipalKind.User } caller
                ? await AskAsync(request, new BucketOwner(caller.OrganizationId, request.Region))
                : null;
        }

        var (isKnown, owner) = await locator.OwnerAsync(s3, request.Aborted);
        return !isKnown ? s_unknown : owner is { } found ? await AskAsync(request, found) : null;
    }

    private async ValueTask<S3Error?> AskAsync(EdgeRequest request, BucketOwner owner)
    {
        var reply = await organizations.GetAsync(owner.OrganizationId, request.Aborted);
        return !reply.IsKnown ? s_unknown
            : reply.Fact is null ? null
            : Admit(request, owner, reply.Fact);
    }

    private S3Error? Admit(EdgeRequest request, BucketOwner owner, OrganizationFacts facts)
    {
        request.IsAuditKnown = true;
        if (!AuditPolicy.IsAudited(facts, request.S3!.Bucket))
        {
            return null;
        }

        if (!parts.Spools.DataPlane.CanTake)
        {
            parts.Metrics.Refused();
            return S3ErrorCode.ServiceUnavailable;
        }

        request.Ending = () => TryRecord(request, owner);
        return null;
    }

    private bool TryRecord(EdgeRequest request, BucketOwner owner)
    {
        var s3 = request.S3!;
        var versionId = s3.Query.Get("versionId");
        var http = request.Http;
        var record = new AuditRecord
        {
            Plane = AuditPlane.DataPlane,
            OrganizationId = owner.OrganizationId,
            Time = time.GetUtcNow(),
            Action = request.Action ?? S3Actions.For(s3.Operation, versionId is not null),
            Operation = s3.Operation.ToString(),
            Principal = request.Caller?.Principal,
            AccessKeyId = request.Caller is { } caller ? caller.Claim?.AccessKeyId : KnownKeyOf(request),
            SourceAddress = http.Connection.RemoteIpAddress?.ToString(),
            Host = http.Request.Host.Value,
            Bucket = s3.Bucket,
            Key = s3.Key,
            VersionId = versionId,
            RequestId = request.Id,
            Status = http.Response.StatusCode,
            ErrorCode = request.Error?.Code.ToString() ?? (request.Aborted.IsCancellationRequested ? "ClientGone" : null),
            Decision = request.Decision,
            BytesSent = request.BytesSent,
            Region = owner.Region,
            ServedBy = _servedBy,
            Parameters = ParametersOf(request),
        };
        if (parts.Spools.DataPlane.TryAppend(record))
        {
            parts.Metrics.Recorded(AuditPlane.DataPlane);
            return true;
        }

        parts.Metrics.Refused();
        return false;
    }

    private static List<KeyValuePair<string, string>> ParametersOf(EdgeRequest request)
    {
        var headers = request.Http.Request.Headers;
        var picked = AuditParameters.Pick(request.S3!.Query, name => headers.TryGetValue(name, out var values) ? values.ToString() : null);
        if (request.Passage is Passage.NotSent or Passage.Unanswered)
        {
            picked.Add(request.Passage == Passage.Unanswered ? s_unanswered : s_notSent);
        }

        return picked;
    }

    /// <summary>A wrong signature still names a key that exists; what else is given as a key's id may be a secret in the wrong place.</summary>
    private static string? KnownKeyOf(EdgeRequest request) =>
        request.Error?.Code == S3ErrorCode.SignatureDoesNotMatch && SigV4Parser.TryParse(request.Signed, out var claim) is null ? claim?.AccessKeyId : null;
}
