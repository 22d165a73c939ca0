using System.Net;
using System.Net.Http.Headers;
using EdgeCache.Shared.Replication;

namespace EdgeCache.Shared.Audit;

/// <summary>Delivers batches to the origin that hosts the control plane, over the API between tiers.</summary>
/// <param name="http">A client whose base address is that origin's admin listener, with the cluster secret.</param>
/// <param name="time">The clock.</param>
public sealed class AuditSender(HttpClient http, TimeProvider time)
{
    /// <summary>How long one delivery may take: it ends with an fsync there.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    /// <summary>Delivers a batch.</summary>
    public async Task<AuditReceipt> SendAsync(AuditBatch batch, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(Timeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            using var content = new ReadOnlyMemoryContent(batch.Content);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/gzip");
            using var response = await http.PutAsync(InternalApi.PathOfAuditBatch(batch.OrganizationId, batch.Plane, batch.Id), content, linked.Token);
            return response.StatusCode switch
            {
                HttpStatusCode.NoContent => AuditReceipt.Stored,
                HttpStatusCode.Conflict or HttpStatusCode.BadRequest => AuditReceipt.Refused,
                _ => AuditReceipt.Unavailable,
            };
        }
        catch (Exception e) when (e is HttpRequestException or IOException ||
                                  (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return AuditReceipt.Unavailable;
        }
    }
}
