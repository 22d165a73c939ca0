using EdgeCache.Origin.Pipeline;
using EdgeCache.Shared.Iam;

namespace EdgeCache.Origin.ControlPlane;

/// <summary>What the conditions of policies are decided on for a request of the control plane's API.</summary>
internal sealed class ApiConditions(TimeProvider time)
{
    public RequestConditions Of(HttpContext context) => new()
    {
        Now = time.GetUtcNow(),
        Request = new HttpSignedRequest(context),
        ClientAddress = context.Connection.RemoteIpAddress,
        IsSecure = context.Request.IsHttps,
    };
}
