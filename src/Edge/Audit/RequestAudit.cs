using EdgeCache.Edge.Caching;
using EdgeCache.Edge.Hosting;
using EdgeCache.Edge.Pipeline;
using EdgeCache.Shared.Audit;
using EdgeCache.Shared.Replication;
using EdgeCache.Shared.S3;
using EdgeCache.Shared.SigV4;

namespace EdgeCache.Edge.Audit;

/// <summary>
/// Records what this edge answers itself: reads, from the cache or not, and refusals. What it passes on the origin records. What must be recorded and
/// can't be is refused with 503. The record is written before the last bytes of the answer are handed to the network.
/// </summary>
internal sealed class RequestAudit(AuditParts parts, OrganizationCache organizations, BucketLocator locator, EdgeOptions options, TimeProvider time)
{
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

        return caller?.Id == bucket.OwnerOrganizationId ? ValueTask.FromResult(Admit(request, bucket, caller)) : AskAsync();

        async ValueTask<S3Error?> AskAsync()
        {
            var owner = await organizations.GetAsync(bucket.OwnerOrganizationId, request.Aborted);
            return !owner.IsKnown ? new S3Error(S3ErrorCode.ServiceUnavailable, "The audit settings can't be read at the moment.")
                : owner.Fact is null ? null
                : Admit(request, bucket, owner.Fact);
        }
    }

    /// <summary>The same for a request that this edge refuses: the owner of its bucket, if there is one, wants to know.</summary>
    public async ValueTask<S3Error?> AdmitRefusedAsync(EdgeRequest request)
    {
        if (request.IsAuditKnown || request.IsPassedOn || request.S3 is not { Bucket.Length: > 0 } s3 || s3.Operation == S3Operation.CreateBucket)
        {
            return null;
        }

        var (_, bucket) = await locator.LocateAsync(s3, request.Aborted);
        return bucket is null ? null : await AdmitAsync(request, bucket.Facts, caller: null);
    }

    private S3Error? Admit(EdgeRequest request, BucketFacts bucket, OrganizationFacts owner)
    {
        request.IsAuditKnown = true;
        if (!AuditPolicy.IsAudited(owner, bucket.Name))
        {
            return null;
        }

        if (!parts.Spools.DataPlane.CanTake)
        {
            parts.Metrics.Refused();
            return S3ErrorCode.ServiceUnavailable;
        }

        request.Ending = () => TryRecord(request, bucket);
        return null;
    }

    private bool TryRecord(EdgeRequest request, BucketFacts bucket)
    {
        var s3 = request.S3!;
        var versionId = s3.Query.Get("versionId");
        var http = request.Http;
        var record = new AuditRecord
        {
            Plane = AuditPlane.DataPlane,
            OrganizationId = bucket.OwnerOrganizationId,
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
            Region = bucket.Region,
            ServedBy = _servedBy,
            Parameters = AuditParameters.Pick(s3.Query, name => http.Request.Headers.TryGetValue(name, out var values) ? values.ToString() : null),
        };
        if (parts.Spools.DataPlane.TryAppend(record))
        {
            parts.Metrics.Recorded(AuditPlane.DataPlane);
            return true;
        }

        parts.Metrics.Refused();
        return false;
    }

    /// <summary>A wrong signature still names a key that exists; what else is given as a key's id may be a secret in the wrong place.</summary>
    private static string? KnownKeyOf(EdgeRequest request) =>
        request.Error?.Code == S3ErrorCode.SignatureDoesNotMatch && SigV4Parser.TryParse(request.Signed, out var claim) is null ? claim?.AccessKeyId : null;
}
