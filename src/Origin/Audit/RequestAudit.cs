using EdgeCache.Origin.Catalog;
using EdgeCache.Origin.Hosting;
using EdgeCache.Origin.Pipeline;
using EdgeCache.Shared.Audit;
using EdgeCache.Shared.Iam;
using EdgeCache.Shared.Replication;
using EdgeCache.Shared.S3;

namespace EdgeCache.Origin.Audit;

/// <summary>Finds the facts of an organization; null when there is no such organization.</summary>
/// <exception cref="S3Exception">ServiceUnavailable when they are not known and can't be asked for.</exception>
internal delegate ValueTask<OrganizationFacts?> FindOrganization(string organizationId, CancellationToken cancellationToken);

/// <summary>
/// Records S3 requests in the log of the bucket's owner, where the settings ask for it. What must be recorded and can't be is refused with 503: an
/// audit that loses silently is worse than an outage that is seen. The record is written before the last bytes of the answer are handed to the
/// network, so whoever has a complete answer is in the log.
/// </summary>
internal sealed class RequestAudit(
    AuditSpools spools, FindOrganization organizations, OriginCatalog catalog, OriginOptions options, AuditMetrics metrics, TimeProvider time)
{
    private readonly string _servedBy = $"origin/{options.Region}";

    /// <summary>
    /// Finds out whether a request is recorded, once, and refuses it where that would not be possible. A request that failed before it was authorised is
    /// looked at too: its bucket's owner wants to know.
    /// </summary>
    public async ValueTask<S3Error?> AdmitAsync(S3Exchange exchange)
    {
        if (exchange.IsAuditKnown || exchange.Parsed is not { } request || exchange.Authenticated is { IsEdgeRead: true })
        {
            return null;
        }

        exchange.IsAuditKnown = true;
        if (await FindOwnerAsync(exchange, request) is not { } owner || await organizations(owner, exchange.Aborted) is not { } facts ||
            !AuditPolicy.IsAudited(facts, request.Bucket))
        {
            return null;
        }

        if (!spools.DataPlane.CanTake)
        {
            metrics.Refused();
            return S3ErrorCode.ServiceUnavailable;
        }

        exchange.Ending = () => TryRecord(exchange, request, owner);
        return null;
    }

    private async ValueTask<string?> FindOwnerAsync(S3Exchange exchange, S3Request request)
    {
        if (exchange.Authenticated?.Bucket is { } bucket)
        {
            return bucket.OwnerOrganizationId;
        }

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
            Action = S3Actions.For(request.Operation, versionId is not null),
            Operation = request.Operation.ToString(),
            Principal = authenticated?.Principal,
            AccessKeyId = authenticated?.Claim?.AccessKeyId,
            SourceAddress = via?.ClientAddress ?? exchange.Context.Connection.RemoteIpAddress?.ToString(),
            Host = exchange.Request.Host.Value,
            Bucket = request.Bucket,
            Key = request.Key,
            VersionId = versionId,
            RequestId = exchange.RequestId,
            Status = exchange.Response.StatusCode,
            ErrorCode = exchange.Error?.Code.ToString() ?? EndOf(exchange.Outcome),
            Decision = authenticated?.Decision,
            BytesReceived = exchange.BytesReceived,
            BytesSent = exchange.BytesSent,
            Region = options.Region,
            ServedBy = _servedBy,
            Via = via is null ? null : $"edge/{via.Edge}",
            Parameters = AuditParameters.Pick(request.Query, exchange.Header),
        };
        if (spools.DataPlane.TryAppend(record))
        {
            metrics.Recorded(AuditPlane.DataPlane);
            return true;
        }

        metrics.Refused();
        return false;
    }

    private static string? EndOf(RequestOutcome outcome) => outcome switch
    {
        RequestOutcome.ClientGone => "ClientGone",
        RequestOutcome.Truncated => "Truncated",
        RequestOutcome.Served or RequestOutcome.Refused or RequestOutcome.Failed => null,
    };
}
