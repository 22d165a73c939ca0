using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using EdgeCache.Shared.SigV4;

namespace EdgeCache.Origin.Tests.ControlPlane;

/// <summary>A bare client of the control plane's API with one token.</summary>
internal sealed class ApiClient(TestOrigin origin, string? token = TestOrigin.ApiToken)
{
    public Task<ApiAnswer> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    public Task<ApiAnswer> PostAsync(string path, string body) => SendAsync(HttpMethod.Post, path, body);

    public Task<ApiAnswer> PutAsync(string path, string body) => SendAsync(HttpMethod.Put, path, body);

    public Task<ApiAnswer> DeleteAsync(string path) => SendAsync(HttpMethod.Delete, path);

    public async Task<ApiAnswer> SendAsync(
        HttpMethod method, string path, string? body = null, string? contentType = "application/json", string? authorization = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(origin.Server.ControlPlaneEndpoint!, path));
        if ((authorization ?? (token is null ? null : "Bearer " + token)) is { } header)
        {
            request.Headers.TryAddWithoutValidation("Authorization", header);
        }

        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            request.Content.Headers.ContentType = contentType is null ? null : MediaTypeHeaderValue.Parse(contentType);
        }

        using var response = await origin.Http.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var headers = response.Headers.Concat(response.Content.Headers)
            .ToDictionary(static h => h.Key, static h => string.Join(",", h.Value), StringComparer.OrdinalIgnoreCase);
        return new ApiAnswer(response.StatusCode, text, headers);
    }

    /// <summary>Creates an access key and gives an S3 client that signs with it.</summary>
    public async Task<(string Id, S3TestClient S3)> NewKeyAsync(string body = """{"durationSeconds": 0}""")
    {
        var created = (await PostAsync("/v1/cwobject/access-key", body)).ShouldBe(HttpStatusCode.OK).Json;
        var id = created.GetProperty("accessKeyID").GetString()!;
        return (id, S3(id, created.GetProperty("secretKey").GetString()!));
    }

    /// <summary>Creates a token and gives a client that uses it.</summary>
    public async Task<(string Id, string Secret, ApiClient Client)> NewTokenAsync(string body)
    {
        var created = (await PostAsync("/v1/cwobject/api-token", body)).ShouldBe(HttpStatusCode.OK).Json;
        var secret = created.GetProperty("token").GetString()!;
        return (created.GetProperty("id").GetString()!, secret, new ApiClient(origin, secret));
    }

    public S3TestClient S3(string accessKeyId, string secretKey) =>
        new(origin.Server.S3Endpoint, origin.Http, new SigV4Signer(accessKeyId, secretKey, "ORD1", origin.Time));
}

/// <summary>An answer of the control plane's API.</summary>
internal sealed record ApiAnswer(HttpStatusCode Status, string Text, IReadOnlyDictionary<string, string> Headers)
{
    public JsonElement Json => JsonSerializer.Deserialize<JsonElement>(Text);

    /// <summary>Expects a status.</summary>
    public ApiAnswer ShouldBe(HttpStatusCode status)
    {
        Assert.True(status == Status, $"{(int)Status}: {Text}");
        return this;
    }

    /// <summary>Expects an error answer that is complete, and gives its message.</summary>
    public string ShouldFail(HttpStatusCode status, string code)
    {
        ShouldBe(status);
        Assert.Equal("application/json; charset=utf-8", Headers["Content-Type"]);
        Assert.Equal(code, Json.GetProperty("code").GetString());
        Assert.Equal(Headers["x-request-id"], Json.GetProperty("requestId").GetString());
        return Json.GetProperty("message").GetString()!;
    }
}
