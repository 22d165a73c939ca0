using EdgeCache.Edge.Audit;
using EdgeCache.Edge.Caching;
using EdgeCache.Edge.Hosting;
using EdgeCache.Shared.Audit;
using EdgeCache.Shared.Iam;

namespace EdgeCache.Edge.Administration;

/// <summary>
/// Records what operators do at this edge: always in its own log, and in the audit log of the organization whose bucket is concerned, or else of the
/// operators' own, where that records its control plane.
/// </summary>
internal sealed class AdminAudit(AuditParts parts, OrganizationCache organizations, EdgeOptions options, TimeProvider time, ILogger<AdminAudit> logger)
{
    private const string ActionPrefix = "edge:";

    private readonly string _servedBy = $"edge/{options.Name}";

    /// <summary>Keeps the record; false when that is due and can't be done, and then the action must not be confirmed.</summary>
    public async ValueTask<bool> TryRecordAsync(AdminCall call, string operation, int status, string? errorCode)
    {
        AdminLog.Done(logger, call.By, operation, call.Bucket?.Facts.Name, call.Key, status, call.Http.TraceIdentifier);
        var bucket = call.Bucket?.Facts;
        var organization = bucket?.OwnerOrganizationId ?? options.OperatorOrganization;
        if (organization.Length == 0 || (bucket is null && HttpMethods.IsGet(call.Http.Request.Method)))
        {
            return true;
        }

        // Who can't be asked may want a record: it costs nothing to keep one.
        var owner = await organizations.GetAsync(organization, call.Aborted);
        if (owner is { IsKnown: true, Fact: null or { Audit.ControlPlane: false } })
        {
            return true;
        }

        var record = new AuditRecord
        {
            Plane = AuditPlane.ControlPlane,
            OrganizationId = organization,
            Time = time.GetUtcNow(),
            Action = ActionPrefix + operation,
            Operation = operation,
            Principal = new Principal($"operator/{call.By}", string.Empty, AccessLevel.Full, [], PrincipalKind.Edge),
            SourceAddress = call.Http.Connection.RemoteIpAddress?.ToString(),
            Host = call.Http.Request.Host.Value,
            Bucket = bucket?.Name,
            Key = call.Key,
            RequestId = call.Http.TraceIdentifier,
            Status = status,
            ErrorCode = errorCode,
            Region = bucket?.Region,
            ServedBy = _servedBy,
            Parameters = call.Parameters,
        };

        // It waits for the disk, off the threads that serve requests.
        if (await Task.Run(() => parts.Spools.ControlPlane.TryAppend(record)))
        {
            parts.Metrics.Recorded(AuditPlane.ControlPlane);
            return true;
        }

        parts.Metrics.Refused();
        return false;
    }
}
