using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using EdgeCache.EndToEnd.Tests.Harness;
using EdgeCache.Testing;

namespace EdgeCache.EndToEnd.Tests.Processes;

/// <summary>An origin that logs all it can tells no secret.</summary>
public sealed class SecretLogTests
{
    private const string ApiToken = "cwtlogtestlogtestlogtestlogtestlogtestlogtes";
    private const string OperatorToken = "cwplogtestlogtestlogtestlogtestlogtestlogtes";
    private const string ClusterSecret = "a cluster secret that no log may tell";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_log_line_has_a_secret()
    {
        using var directory = new TempDirectory();
        await using var origin = SpawnedProcess.StartAssembly(Assemblies.Origin,
        [
            $"--Origin:DataDirectory={directory.Path}", "--Origin:S3Url=http://127.0.0.1:0", "--Origin:AdminUrl=http://127.0.0.1:0",
            "--Origin:ControlPlaneUrl=http://127.0.0.1:0", $"--Origin:ClusterSecret={ClusterSecret}", $"--Origin:Bootstrap:ApiToken={ApiToken}",
            $"--Origin:Bootstrap:OperatorToken={OperatorToken}", "--Logging:LogLevel:Default=Trace", "--Logging:LogLevel:Microsoft=Information",
        ]);
        var file = directory.Combine("endpoints.json");
        var endpoints = await origin.WaitForAsync(() => File.Exists(file) ? File.ReadAllText(file) : null, "endpoints.json", Cancellation);
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new Uri(Text(Parse(endpoints), "controlPlane")) };
        List<string> secrets = [ApiToken, OperatorToken, ClusterSecret];

        var key = await CallAsync(http, HttpMethod.Post, "/v1/cwobject/access-key", ApiToken, """{"durationSeconds": 0}""");
        secrets.Add(Text(key, "secretKey"));
        var token = await CallAsync(http, HttpMethod.Post, "/v1/cwobject/api-token", ApiToken, """{"name": "logged", "admin": true}""");
        secrets.Add(Text(token, "token"));
        var credentials = await CallAsync(http, HttpMethod.Get, "/v1/cwobject/temporary-credentials/api-token", secrets[^1]);
        secrets.AddRange([Text(credentials, "SecretAccessKey"), Text(credentials, "Token")]);
        var organization = await CallAsync(http, HttpMethod.Post, "/v1/operator/organizations", OperatorToken, """{"id": "logged"}""");
        secrets.Add(Text(organization.GetProperty("apiToken"), "token"));
        await CallAsync(http, HttpMethod.Delete, "/v1/cwobject/api-token/" + Text(token, "id"), ApiToken);
        await CallAsync(http, HttpMethod.Get, "/v1/cwobject/access-key", "wrong-token-that-nobody-has");
        secrets.Add("wrong-token-that-nobody-has");
        var id = Text(token, "id");

        await origin.WaitForAsync(() => origin.Output.Contains($"API token {id} was revoked", StringComparison.Ordinal) ? "told" : null, "the log", Cancellation);
        Assert.Contains(Text(key, "accessKeyId"), origin.Output, StringComparison.Ordinal);
        Assert.All(secrets, secret => Assert.DoesNotContain(secret, origin.Output, StringComparison.Ordinal));
    }

    private static async Task<JsonElement> CallAsync(HttpClient http, HttpMethod method, string path, string token, string? body = null)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Content = body is null ? null : JsonContent.Create(Parse(body));
        using var response = await http.SendAsync(request, Cancellation);
        return Parse(await response.Content.ReadAsStringAsync(Cancellation));
    }

    private static JsonElement Parse(string json) => JsonSerializer.Deserialize<JsonElement>(json);

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;
}
