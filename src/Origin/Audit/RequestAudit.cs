using EdgeCache.Origin.Authorization;
using EdgeCache.Origin.Catalog;
using EdgeCache.Origin.Hosting;
using EdgeCache.Origin.Pipeline;
using EdgeCache.Shared.Audit;
using EdgeCache.Shared.Iam;
using EdgeCache.Shared.Replication;
using EdgeCache.Shared.S3;
using EdgeCache.Shared.SigV4;

namespace EdgeCache.Origin.Audit;

/// <summary>
/// Records S3 requests in the log of the bucket's owner, where the settings ask for it. What must be recorded and can't be is refused with 503: an
/// audit that loses silently is worse than an outage that is seen. The record is written before the last bytes of the answer are handed to the
/// network, so whoever has a complete answer is in the log.
/// </summary>
internal sealed class RequestAudit(
    AuditSpools spools, Organizations organizations, OriginCatalog catalog, OriginOptions options, AuditMetrics metrics, TimeProvider time)
{
    private readonly string _servedBy = $"origin/{options.Region}";

    /// <summary>
    /// Finds out whether a request is recorded, once, and refuses it where that would not be possible. A request that failed before it was authorised is
    /// looked at too: its bucket's owner wants to know.
    /// </summary>
    /// <param name="exchange">The request.</param>
    /// <param name="bucket">The bucket, where it is known already.</param>
    public async ValueTask<S3Error?> AdmitAsync(S3Exchange exchange, BucketFacts? bucket = null)
    {
        if (exchange.IsAuditKnown || exchange.Parsed is not { } request || exchange.Authenticated is { IsEdgeRead: true })
        {
            return null;
        }

        exchange.IsAuditKnown = true;
        if ((bucket?.OwnerOrganizationId ?? await FindOwnerAsync(exchange, request)) is not { } owner)
        {
            return null;
        }

        var reply = await organizations.FindAsync(owner);
        if (!reply.IsKnown)
        {
            return new S3Error(S3ErrorCode.ServiceUnavailable, "The audit settings can't be read at the moment.");
        }

        if (reply.Facts is not { } facts || !AuditPolicy.IsAudited(facts, request.Bucket))
        {
            return null;
        }

        if (!spools.DataPlane.CanTake)
        {
            metrics.Refused();
            return S3ErrorCode.ServiceUnavailable;
        }

        // A form names its object only in its body.
        exchange.Ending = () => TryRecord(exchange, exchange.Parsed ?? request, owner);
        return null;
    }

    private async ValueTask<string?> FindOwnerAsync(S3Exchange exchange, S3Request request)
    {
        if (request.Bucket.Length > 0 && request.Operation != S3Operation.CreateBucket)
        {
            return (await catalog.Buckets.FindAsync(request.Bucket, exchange.Aborted))?.Facts.OwnerOrganizationId;
        }

        return exchange.Authenticated?.Principal is { Kind: PrincipalKind.User } caller ? caller.OrganizationId : null;
    }

    private bool TryRecord(S3Exchange exchange, S3Request request, string owner)
    {
        var authenticated = exchange.Authenticated;
        var via = authenticated?.Via ?? exchange.Via;
        var versionId = request.Query.Get("versionId");
        var record = new AuditRecord
        {
            Plane = AuditPlane.DataPlane,
            OrganizationId = owner,
            Time = time.GetUtcNow(),
            Action = exchange.Decided?.Action ?? S3Actions.For(request.Operation, versionId is not null),
            Operation = request.Operation.ToString(),
            Principal = authenticated?.Principal,
            AccessKeyId = KeyOf(exchange),
            SourceAddress = (via is null ? exchange.Context.Connection.RemoteIpAddress : via.ClientAddress)?.ToString(),
            Host = exchange.Request.Host.Value,
            Bucket = request.Bucket,
            Key = request.Key,
            VersionId = versionId,
            RequestId = exchange.RequestId,
            Status = exchange.Response.StatusCode,
            ErrorCode = exchange.Error?.Code.ToString() ?? EndOf(exchange.Outcome),
            Decision = exchange.Decided?.Decision,
            BytesReceived = exchange.BytesReceived,
            BytesSent = exchange.BytesSent,
            Region = options.Region,
            ServedBy = _servedBy,
            Via = via is null ? null : $"edge/{via.Edge}",
            ViaRequestId = via is null ? null : exchange.Header(EdgeForwarding.RequestIdHeader),
            Parameters = AuditParameters.Pick(request.Query, exchange.Header),
        };
        AuditRecord[] records = [record, .. BatchRecords.Of(record, exchange.Batch)];
        if (spools.DataPlane.TryAppend(records))
        {
            metrics.Recorded(AuditPlane.DataPlane, records.Length);
            return true;
        }

        metrics.Refused();
        return false;
    }

    /// <summary>A wrong signature still names a key that exists; what else is given as a key's id may be a secret in the wrong place.</summary>
    private static string? KeyOf(S3Exchange exchange)
    {
        var claim = exchange.Authenticated?.Claim;
        if (claim is null && exchange.Authenticated is null && exchange.Error?.Code == S3ErrorCode.SignatureDoesNotMatch)
        {
            SigV4Parser.TryParse(exchange.Signed, out claim);
        }

        return claim?.AccessKeyId is { } id && id != EdgeCredential.WellKnownAccessKeyId ? id : null;
    }

    private static string? EndOf(RequestOutcome outcome) => outcome switch
    {
        RequestOutcome.ClientGone => "ClientGone",
        RequestOutcome.Truncated => "Truncated",
        RequestOutcome.Served or RequestOutcome.Refused or RequestOutcome.Failed => null,
    };
}
