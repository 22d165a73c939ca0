using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using EdgeCache.EndToEnd.Tests.Harness;
using EdgeCache.Shared.Replication;
using EdgeCache.Shared.SigV4;

namespace EdgeCache.EndToEnd.Tests.Processes;

/// <summary>
/// Whatever takes access away is in force at every edge as soon as it has applied the feed up to the change. Order is by feed positions:
/// once an edge tells that it has reached the position at which a change was acknowledged, not one more read may succeed.
/// </summary>
public sealed class RevocationTests
{
    private const string Bucket = "secrets";
    private const string Path = $"/{Bucket}/k";
    private const int Rounds = 10;
    private const int KeysOfToken = 3;

    private static readonly HttpClient Http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(30) };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_kind_of_change_is_in_force_at_every_edge_once_its_position_is_reached()
    {
        await using var deployment = await ProcessDeployment.StartAsync(Cancellation);
        await using var second = await deployment.StartAnotherEdgeAsync("LAS1", Cancellation);
        string[] edges = [deployment.Edge.Endpoints.S3, second.Endpoints.S3], admins = [deployment.Edge.Endpoints.Admin, second.Endpoints.Admin];
        var owner = new SigV4Signer(ProcessDeployment.AccessKeyId, ProcessDeployment.SecretKey, "us-east-1", TimeProvider.System);
        await S3Async(HttpMethod.Put, $"/{Bucket}");
        await S3Async(HttpMethod.Put, Path, "content");

        for (var round = 0; round < Rounds; round++)
        {
            await KeyAsync("access-key", static (id, _) => $$"""{"accessKey":"{{id}}"}""");
            await KeyAsync("principal", static (_, principal) => $$"""{"principalName":"{{principal}}"}""");
            await TakeAwayAsync(owner, "control", () => ControlAsync(HttpMethod.Post, "/v1/cwobject/access-policy",
                """{"policy":{"version":"v1alpha1","name":"deny","statements":[{"name":"s","effect":"Deny","actions":["s3:GetObject"],"resources":["*"],"principals":["*"]}]}}"""));
            await ControlAsync(HttpMethod.Delete, "/v1/cwobject/access-policy/deny");
            await TakeAwayAsync(owner, "ORD1", () => S3Async(HttpMethod.Put, $"/{Bucket}?policy", Policy("Deny")));
            await S3Async(HttpMethod.Put, $"/{Bucket}?policy", Policy("Allow"));
            await TakeAwayAsync(null, "ORD1", () => S3Async(HttpMethod.Delete, $"/{Bucket}?policy"));
            await S3Async(HttpMethod.Put, Path + "?acl", acl: "public-read");
            await TakeAwayAsync(null, "ORD1", () => S3Async(HttpMethod.Put, Path + "?acl", acl: "private"));
            await TokenAsync();
            await TakeAwayAsync(owner, "control", () => ControlAsync(HttpMethod.Post, Suspend("suspend"), token: ProcessDeployment.OperatorToken));
            await ControlAsync(HttpMethod.Post, Suspend("resume"), token: ProcessDeployment.OperatorToken);
        }

        // The temporary keys of a token end with it, all of them; the key that another token made stays.
        async Task TokenAsync()
        {
            var made = JsonDocument.Parse(await ControlAsync(HttpMethod.Post, "/v1/cwobject/api-token", """{"name":"exchanged","admin":false}""")).RootElement;
            var token = made.GetProperty("token").GetString()!;
            var readers = new List<Reader>();
            for (var i = 0; i < KeysOfToken; i++)
            {
                readers.Add(await ExchangeAsync(token));
            }

            var other = await ExchangeAsync(ProcessDeployment.ApiToken);
            await TakeAwayFromAsync(
                readers, "control", () => ControlAsync(HttpMethod.Delete, "/v1/cwobject/api-token/" + made.GetProperty("id").GetString()));
            await AssertEverywhereAsync(HttpStatusCode.OK, [other]);
        }

        async Task<Reader> ExchangeAsync(string token)
        {
            var key = JsonDocument.Parse(await ControlAsync(HttpMethod.Get, "/v1/cwobject/temporary-credentials/api-token", token: token)).RootElement;
            return new Reader(
                new SigV4Signer(key.GetProperty("AccessKeyId").GetString()!, key.GetProperty("SecretAccessKey").GetString()!, "us-east-1", TimeProvider.System),
                key.GetProperty("Token").GetString());
        }

        async Task KeyAsync(string endpoint, Func<string, string, string> document)
        {
            var key = JsonDocument.Parse(await ControlAsync(HttpMethod.Post, "/v1/cwobject/access-key", """{"durationSeconds":0}""")).RootElement;
            var id = key.GetProperty("accessKeyId").GetString()!;
            var signer = new SigV4Signer(id, key.GetProperty("secretKey").GetString()!, "us-east-1", TimeProvider.System);
            var body = document(id, key.GetProperty("principalName").GetString()!);
            await TakeAwayAsync(signer, "control", () => ControlAsync(HttpMethod.Post, "/v1/cwobject/revoke-access-key/" + endpoint, body));
        }

        Task TakeAwayAsync(SigV4Signer? signer, string stream, Func<Task> change) => TakeAwayFromAsync([new Reader(signer)], stream, change);

        async Task TakeAwayFromAsync(IReadOnlyList<Reader> readers, string stream, Func<Task> change)
        {
            await CaughtUpAsync();
            await AssertEverywhereAsync(HttpStatusCode.OK, readers);
            await change();
            await CaughtUpAsync(stream);
            await AssertEverywhereAsync(HttpStatusCode.Forbidden, readers);
        }

        async Task AssertEverywhereAsync(HttpStatusCode expected, IReadOnlyList<Reader> readers)
        {
            foreach (var edge in edges)
            {
                foreach (var reader in readers)
                {
                    Assert.Equal(expected, await ReadAsync(edge, reader));
                }
            }
        }

        async Task CaughtUpAsync(params string[] streams)
        {
            foreach (var stream in streams.Length == 0 ? ["control", "ORD1"] : streams)
            {
                var position = await PositionAsync(stream == "control" ? InternalApi.ControlFeed : InternalApi.Feed);
                foreach (var admin in admins)
                {
                    while (await PrometheusMetrics.SumAsync([admin + "/metrics"], "edgecache_edge_feed_position", Cancellation, $"stream=\"{stream}\"") < position)
                    {
                        await Task.Yield();
                    }
                }
            }
        }

        // A subscriber of an unknown history is told the newest position first.
        async Task<long> PositionAsync(string feed)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, deployment.Origin.Endpoints.Admin + feed + "?epoch=none&after=0");
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", ProcessDeployment.ClusterSecret);
            using var response = await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);
            using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Cancellation));
            return JsonSerializer.Deserialize((await reader.ReadLineAsync(Cancellation))!, InternalJson.Default.FeedFrame)!.Position;
        }

        async Task<string> ControlAsync(HttpMethod method, string path, string? body = null, string token = ProcessDeployment.ApiToken)
        {
            using var request = new HttpRequestMessage(method, deployment.Origin.Endpoints.ControlPlane + path);
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
            using var response = await Http.SendAsync(request, Cancellation);
            var text = await response.Content.ReadAsStringAsync(Cancellation);
            Assert.True(response.IsSuccessStatusCode, string.Create(CultureInfo.InvariantCulture, $"{method} {path}: {(int)response.StatusCode} {text}"));
            return text;
        }

        async Task S3Async(HttpMethod method, string path, string? body = null, string? acl = null)
        {
            using var request = new HttpRequestMessage(method, deployment.Origin.Endpoints.S3 + path);
            request.Content = body is null ? null : new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            if (acl is not null)
            {
                request.Headers.Add("x-amz-acl", acl);
            }

            owner.Sign(request);
            using var response = await Http.SendAsync(request, Cancellation);
            Assert.True(response.IsSuccessStatusCode, $"{method} {path}: {response.StatusCode}");
        }
    }

    private static async Task<HttpStatusCode> ReadAsync(string edge, Reader reader)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, edge + Path);
        if (reader.SessionToken is { } token)
        {
            request.Headers.Add("x-amz-security-token", token);
        }

        reader.Signer?.Sign(request);
        using var response = await Http.SendAsync(request, Cancellation);
        return response.StatusCode;
    }

    private static string Policy(string effect) =>
        $$"""{"Version":"2012-10-17","Statement":[{"Effect":"{{effect}}","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::{{Bucket}}/*"}]}""";

    private static string Suspend(string state) => $"/v1/operator/organizations/main/{state}";

    /// <summary>Who reads: nobody, a key, or a key with its session token.</summary>
    private sealed record Reader(SigV4Signer? Signer, string? SessionToken = null);
}
