using EdgeCache.Origin.Replication;
using EdgeCache.Shared.Audit;
using EdgeCache.Shared.Replication;

namespace EdgeCache.Origin.Audit;

/// <summary>Takes batches of the other tiers, on the origin that hosts the control plane.</summary>
internal sealed class AuditEndpoints(AuditObjects objects, ClusterAuthentication cluster)
{
    public void Map(IEndpointRouteBuilder endpoints) => endpoints.MapPut(InternalApi.AuditBatch, PutAsync);

    private async Task PutAsync(HttpContext context)
    {
        if (!cluster.IsMember(context.Request))
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        var route = context.Request.RouteValues;
        if (route["organization"] is not string { Length: > 0 } organization || !AuditPlanes.TryParse(route["plane"] as string, out var plane) ||
            !AuditBatchId.TryParse(route["batch"] as string, out var id) || context.Request.ContentLength is not { } length || length is <= 0 or > AuditObjects.MaxBatchBytes)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        var content = new byte[length];
        await context.Request.Body.ReadExactlyAsync(content, context.RequestAborted);
        var receipt = await objects.StoreAsync(new AuditBatch(organization, plane, id, content, Records: 0), context.RequestAborted);
        context.Response.StatusCode = receipt switch
        {
            AuditReceipt.Stored => StatusCodes.Status204NoContent,
            AuditReceipt.Refused => StatusCodes.Status409Conflict,
            AuditReceipt.Unavailable => StatusCodes.Status503ServiceUnavailable,
        };
    }
}
