using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using EdgeCache.Shared.SigV4;

namespace EdgeCache.Origin.Tests.Audit;

/// <summary>The audit settings of the first organization, through the control plane's API.</summary>
internal static class AuditSettings
{
    public static Task SetOrganizationAuditAsync(this TestOrigin origin, bool? buckets = null, bool? controlPlane = null) => SendAsync(
        origin, HttpMethod.Put, "/v1/cwobject/organization/settings",
        new { settings = new { bucketAuditLoggingEnabled = buckets, controlPlaneAuditLoggingEnabled = controlPlane } });

    public static Task SetBucketAuditAsync(this TestOrigin origin, string bucket, bool enabled) => SendAsync(
        origin, HttpMethod.Put, "/v1/cwobject/bucket/settings", new { bucketName = bucket, settings = new { auditLoggingEnabled = enabled } });

    /// <summary>A client with a new key of an access level.</summary>
    public static async Task<S3TestClient> NewKeyAsync(this TestOrigin origin, string level)
    {
        var key = await SendAsync(origin, HttpMethod.Post, "/v1/cwobject/access-key", new { durationSeconds = 0, accessLevel = level });
        return new S3TestClient(origin.Server.S3Endpoint, origin.Http, new SigV4Signer(
            key.GetProperty("accessKeyId").GetString()!, key.GetProperty("secretKey").GetString()!, "ORD1", TimeProvider.System));
    }

    public static async Task<JsonElement> SendAsync(TestOrigin origin, HttpMethod method, string path, object? body)
    {
        using var request = new HttpRequestMessage(method, new Uri(origin.Server.ControlPlaneEndpoint!, path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", TestOrigin.ApiToken);
        request.Content = body is null ? null : JsonContent.Create(body, options: JsonSerializerOptions.Web);
        using var response = await origin.Http.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode}: {text}");
        return JsonDocument.Parse(text).RootElement;
    }
}
