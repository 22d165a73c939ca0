using System.Text.Json;
using System.Text.Json.Nodes;

namespace EdgeCache.Origin.ControlPlane;

/// <summary>What endpoints say of themselves where they are mapped.</summary>
internal static class EndpointDescriptions
{
    /// <summary>Names an endpoint, says in a sentence what it does, and shows its answer (and body), serialised as they go over the wire.</summary>
    public static RouteHandlerBuilder Describe(this RouteHandlerBuilder endpoint, string name, string summary, object answer, object? body = null) => endpoint
        .WithName(name)
        .WithSummary(summary)
        .WithMetadata(new EndpointExample(WithoutNulls(ToNode(body)), ToNode(answer)!));

    /// <summary>Counts each call of the endpoint among the credentials that its token and its address may have.</summary>
    public static RouteHandlerBuilder LimitCredentials(this RouteHandlerBuilder endpoint) => endpoint.AddEndpointFilter(static (invocation, next) =>
    {
        invocation.HttpContext.RequestServices.GetRequiredService<ApiLimits>().TakeCredential(invocation.HttpContext);
        return next(invocation);
    });

    /// <summary>A body as one would write it: optional fields that are not set are left out.</summary>
    private static JsonNode? WithoutNulls(JsonNode? body)
    {
        foreach (var name in (body as JsonObject)?.Where(static field => field.Value is null).Select(static field => field.Key).ToList() ?? [])
        {
            ((JsonObject)body!).Remove(name);
        }

        return body;
    }

    private static JsonNode? ToNode(object? value) => value is null ? null : JsonSerializer.SerializeToNode(value, value.GetType(), ApiJson.Options);
}

/// <summary>Endpoint metadata: an example for the API's description.</summary>
internal sealed record EndpointExample(JsonNode? Body, JsonNode Answer);

/// <summary>The answer of what has nothing to say but that it was done: <c>{}</c>.</summary>
internal sealed record EmptyAnswer
{
    public static readonly EmptyAnswer Instance = new();
}
