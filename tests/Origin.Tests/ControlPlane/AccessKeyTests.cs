using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using EdgeCache.Shared.SigV4;

namespace EdgeCache.Origin.Tests.ControlPlane;

public sealed class AccessKeyTests
{
    private const string Path = "/v1/cwobject/access-key";
    private const string Revoke = "/v1/cwobject/revoke-access-key/access-key";

    [Fact]
    public async Task A_created_key_signs_at_once_and_a_revoked_one_no_more()
    {
        await using var origin = await TestOrigin.StartAsync();

        var (_, created) = await CallAsync(origin, HttpMethod.Post, Path, """{"durationSeconds": 0}""");
        var id = created.GetProperty("accessKeyID").GetString()!;
        var client = new S3TestClient(
            origin.Server.S3Endpoint, origin.Http, new SigV4Signer(id, created.GetProperty("secretKey").GetString()!, "default", TimeProvider.System));

        Assert.StartsWith("CW", id, StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Null, created.GetProperty("expiry").ValueKind);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/")).Status);
        var (_, info) = await CallAsync(origin, HttpMethod.Get, $"{Path}/{id}");
        Assert.Equal(("ACTIVE", "main"), (info.GetProperty("info").GetProperty("status").GetString(), info.GetProperty("info").GetProperty("orgId").GetString()));
        Assert.False(info.GetProperty("info").TryGetProperty("secretKey", out _));

        var (revoked, _) = await CallAsync(origin, HttpMethod.Post, Revoke, $$"""{"accessKey": "{{id}}"}""");
        Assert.Equal(HttpStatusCode.OK, revoked);
        (await client.GetAsync("/")).ShouldFail(HttpStatusCode.Forbidden, "InvalidAccessKeyId");
        var (_, list) = await CallAsync(origin, HttpMethod.Get, Path);
        Assert.Equal(["AKMAIN", id], list.GetProperty("info").EnumerateArray().Select(static k => k.GetProperty("accessKeyId").GetString()!));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"durationSeconds": -1}""")]
    [InlineData("""{"durationSeconds": "soon"}""")]
    [InlineData("""{"durationSeconds": 0, "accessLevel": "root"}""")]
    [InlineData("nonsense")]
    public async Task A_bad_request_is_refused(string body)
    {
        await using var origin = await TestOrigin.StartAsync();

        var (status, _) = await CallAsync(origin, HttpMethod.Post, Path, body);

        Assert.Equal(HttpStatusCode.BadRequest, status);
    }

    [Fact]
    public async Task Only_a_known_token_may_call_and_only_its_own_organization_is_seen()
    {
        await using var origin = await TestOrigin.StartAsync();

        Assert.Equal(HttpStatusCode.Unauthorized, (await CallAsync(origin, HttpMethod.Get, Path, token: "wrong")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await CallAsync(origin, HttpMethod.Get, Path, token: null)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await CallAsync(origin, HttpMethod.Get, Path + "/AKOTHER")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await CallAsync(origin, HttpMethod.Post, Revoke, """{"accessKey": "AKOTHER"}""")).Status);
    }

    [Fact]
    public async Task A_key_of_a_lower_level_may_do_less()
    {
        await using var origin = await TestOrigin.StartAsync();
        await S3TestClient.NewBucketAsync(origin.Client);
        await origin.Client.PutAsync("/bucket-1/k", "x");

        var (_, created) = await CallAsync(origin, HttpMethod.Post, Path, """{"durationSeconds": 3600, "accessLevel": "read"}""");
        var reader = new S3TestClient(
            origin.Server.S3Endpoint,
            origin.Http,
            new SigV4Signer(created.GetProperty("accessKeyID").GetString()!, created.GetProperty("secretKey").GetString()!, "x", TimeProvider.System));

        Assert.Equal("x", (await reader.GetAsync("/bucket-1/k")).Text);
        (await reader.PutAsync("/bucket-1/k", "y")).ShouldFail(HttpStatusCode.Forbidden, "AccessDenied");
        (await reader.PutAsync("/bucket-2", "")).ShouldFail(HttpStatusCode.Forbidden, "AccessDenied");
    }

    private static async Task<(HttpStatusCode Status, JsonElement Body)> CallAsync(
        TestOrigin origin, HttpMethod method, string path, string? body = null, string? token = TestOrigin.ApiToken)
    {
        using var request = new HttpRequestMessage(method, new Uri(origin.Server.ControlPlaneEndpoint!, path));
        if (token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        using var response = await origin.Http.SendAsync(request, TestContext.Current.CancellationToken);
        return (response.StatusCode, JsonSerializer.Deserialize<JsonElement>(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));
    }
}
