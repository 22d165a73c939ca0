using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using EdgeCache.Origin.Identity;

namespace EdgeCache.Origin.ControlPlane;

/// <summary>A request of the control plane's API whose bearer token was found good.</summary>
internal sealed class ApiCaller(HttpContext context, ApiToken token)
{
    /// <summary>The largest request body read, in bytes.</summary>
    public const int MaxBodyBytes = 64 * 1024;

    public HttpContext Context => context;

    public ApiToken Token => token;

    public CancellationToken Aborted => context.RequestAborted;

    /// <summary>Runs <paramref name="handler"/> for a caller with a good token, answers 401 otherwise.</summary>
    public static RequestDelegate Require(ApiTokenStore tokens, Func<ApiCaller, Task> handler) => context =>
    {
        const string scheme = "Bearer ";
        var header = context.Request.Headers.Authorization.ToString();
        var token = header.StartsWith(scheme, StringComparison.OrdinalIgnoreCase) ? tokens.Find(header[scheme.Length..].Trim()) : null;
        return token is not null
            ? handler(new ApiCaller(context, token))
            : RefuseAsync(context, StatusCodes.Status401Unauthorized, "unauthenticated", "A valid API access token is needed.");
    };

    public Task AnswerAsync<T>(T value, JsonTypeInfo<T> type) => context.Response.WriteAsJsonAsync(value, type, cancellationToken: Aborted);

    public Task RefuseAsync(int status, string code, string message) => RefuseAsync(context, status, code, message);

    /// <summary>Reads the body; null when it is absent, too long or no valid JSON of the type.</summary>
    public async Task<T?> ReadAsync<T>(JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return context.Request.ContentLength > MaxBodyBytes ? null : await JsonSerializer.DeserializeAsync(context.Request.Body, type, Aborted);
        }
        catch (Exception e) when (e is JsonException or BadHttpRequestException)
        {
            return null;
        }
    }

    private static Task RefuseAsync(HttpContext context, int status, string code, string message)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(new ApiError(code, message), ControlPlaneJson.Default.ApiError, cancellationToken: context.RequestAborted);
    }
}
