using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using EdgeCache.EndToEnd.Tests.Harness;
using EdgeCache.Shared.SigV4;

namespace EdgeCache.EndToEnd.Tests.Processes;

/// <summary>From the token of a cluster's service account to objects at an edge, between real processes; and what takes that away again.</summary>
public sealed class FederationTests
{
    private const string Issuer = "https://kubernetes.example.com";
    private const string Audience = "https://store.example.com";
    private const string Subject = "system:serviceaccount:training:loader";
    private const string Principal = $"role/{Issuer}:{Subject}";

    private static readonly HttpClient Http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(30) };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_service_account_s_token_reads_and_writes_through_an_edge_until_that_is_taken_away()
    {
        using var key = RSA.Create(2048);
        await using var deployment = await ProcessDeployment.StartAsync(Cancellation);
        await ControlAsync(deployment, HttpMethod.Post, "/v1/cwobject/access-policy", Policy("grants", "Allow", "trainers", "*"));
        await ControlAsync(deployment, HttpMethod.Delete, "/v1/cwobject/access-policy/allow-everything", null);
        await ControlAsync(deployment, HttpMethod.Post, "/v1/cwobject/access-policy", Policy("admin", "Allow", null, "static/*"));
        var owner = new Caller(new SigV4Signer(ProcessDeployment.AccessKeyId, ProcessDeployment.SecretKey, "us-east-1", TimeProvider.System), null);
        await AssertAsync(deployment, owner, HttpMethod.Put, "/data", HttpStatusCode.OK);
        await AssertAsync(deployment, owner, HttpMethod.Put, "/data/k", HttpStatusCode.OK, "content");
        var created = await ControlAsync(deployment, HttpMethod.Post, "/v1/cwobject/federation-config", JsonSerializer.Serialize(new
        {
            name = "cluster",
            kind = "oidc",
            oidc = new { issuer = Issuer, audiences = new[] { Audience }, allowedSubjects = new[] { "system:serviceaccount:training:*" }, jwks = KeySet(key) },
        }));
        var config = created.GetProperty("config").GetProperty("configId").GetString()!;

        // Of two accounts of the cluster, the policy grants the one whose token says that it is of the group.
        var trainer = await ExchangeAsync(deployment, config, Token(key, Subject, "trainers"));
        await AssertAsync(deployment, trainer, HttpMethod.Get, "/data/k", HttpStatusCode.OK);
        await AssertAsync(deployment, trainer, HttpMethod.Get, "/data/k", HttpStatusCode.OK);
        await AssertAsync(deployment, trainer, HttpMethod.Put, "/data/written", HttpStatusCode.OK, "by a service account");
        await AssertAsync(deployment, trainer, HttpMethod.Get, "/data/written", HttpStatusCode.OK);
        Assert.Null(await ExchangeAsync(deployment, config, Token(key, "system:serviceaccount:training:guest", "guests"), HttpStatusCode.Forbidden));
        using var forger = RSA.Create(2048);
        Assert.Null(await ExchangeAsync(deployment, config, Token(forger, Subject, "trainers"), HttpStatusCode.Unauthorized));

        // The edge decides on the federated principal's name and groups, and hears of what changes.
        await ControlAsync(deployment, HttpMethod.Post, "/v1/cwobject/access-policy", Policy("closed", "Deny", null, Principal));
        await UntilAsync(deployment, trainer, HttpStatusCode.Forbidden);
        await AssertAsync(deployment, trainer, HttpMethod.Put, "/data/written", HttpStatusCode.Forbidden, "again");
        await ControlAsync(deployment, HttpMethod.Delete, "/v1/cwobject/access-policy/closed", null);
        await UntilAsync(deployment, trainer, HttpStatusCode.OK);

        // The end of the configuration is the end of its keys, where that is asked for.
        await ControlAsync(deployment, HttpMethod.Delete, $"/v1/cwobject/federation-config/{config}?revokeKeys=true", null);
        await UntilAsync(deployment, trainer, HttpStatusCode.Forbidden);
        Assert.Null(await ExchangeAsync(deployment, config, Token(key, Subject, "trainers"), HttpStatusCode.NotFound));
        await AssertAsync(deployment, owner, HttpMethod.Get, "/data/k", HttpStatusCode.OK);
    }

    /// <summary>Reads at the edge until the answer is as wanted, at most for as long as the test may take: no barrier reaches across the processes.</summary>
    private static async Task UntilAsync(ProcessDeployment deployment, Caller? caller, HttpStatusCode wanted)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        while (await SendAsync(deployment, caller, HttpMethod.Get, "/data/k", null) != wanted)
        {
            patience.Token.ThrowIfCancellationRequested();
        }
    }

    private static async Task AssertAsync(
        ProcessDeployment deployment, Caller? caller, HttpMethod method, string path, HttpStatusCode expected, string? body = null) =>
        Assert.Equal(expected, await SendAsync(deployment, caller, method, path, body));

    private static async Task<HttpStatusCode> SendAsync(ProcessDeployment deployment, Caller? caller, HttpMethod method, string path, string? body)
    {
        using var request = new HttpRequestMessage(method, deployment.Edge.Endpoints.S3 + path);
        request.Content = body is null ? null : new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        if (caller!.SessionToken is { } token)
        {
            request.Headers.Add("x-amz-security-token", token);
        }

        caller.Signer.Sign(request);
        using var response = await Http.SendAsync(request, Cancellation);
        return response.StatusCode;
    }

    private static async Task<Caller?> ExchangeAsync(
        ProcessDeployment deployment, string config, string token, HttpStatusCode expected = HttpStatusCode.OK)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, deployment.Origin.Endpoints.ControlPlane + "/v1/cwobject/temporary-credentials/oidc");
        request.Content = new StringContent(
            JsonSerializer.Serialize(new { durationSeconds = 600, orgId = "main", configId = config, token }), Encoding.UTF8, "application/json");
        using var response = await Http.SendAsync(request, Cancellation);
        var text = await response.Content.ReadAsStringAsync(Cancellation);
        Assert.True(expected == response.StatusCode, $"{(int)response.StatusCode}: {text}");
        if (!response.IsSuccessStatusCode)
        {
            return null;
        }

        var answer = JsonDocument.Parse(text).RootElement;
        Assert.Equal(Principal, answer.GetProperty("principalName").GetString());
        return new Caller(
            new SigV4Signer(answer.GetProperty("accessKeyId").GetString()!, answer.GetProperty("secretKey").GetString()!, "us-east-1", TimeProvider.System),
            answer.TryGetProperty("sessionToken", out var session) ? session.GetString() : null);
    }

    private static async Task<JsonElement> ControlAsync(ProcessDeployment deployment, HttpMethod method, string path, string? body)
    {
        using var request = new HttpRequestMessage(method, deployment.Origin.Endpoints.ControlPlane + path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", ProcessDeployment.ApiToken);
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await Http.SendAsync(request, Cancellation);
        var text = await response.Content.ReadAsStringAsync(Cancellation);
        Assert.True(response.IsSuccessStatusCode, $"{method} {path}: {(int)response.StatusCode} {text}");
        return JsonDocument.Parse(text).RootElement;
    }

    private static string Policy(string name, string effect, string? group, string principal)
    {
        var statement = new Dictionary<string, object>
        {
            ["name"] = name, ["effect"] = effect, ["principals"] = new[] { principal },
            ["actions"] = effect == "Allow" ? new[] { "s3:*", "cwobject:CreateAccessKeyOIDC" } : ["s3:*"], ["resources"] = new[] { "*" },
        };
        if (group is not null)
        {
            statement["conditions"] = new Dictionary<string, object> { ["StringEquals"] = new Dictionary<string, string> { ["iam:main:groups"] = group } };
        }

        return JsonSerializer.Serialize(new { policy = new { version = "v1alpha1", name, statements = new[] { statement } } });
    }

    private static object KeySet(RSA key)
    {
        var parameters = key.ExportParameters(includePrivateParameters: false);
        return new { keys = new[] { new { kty = "RSA", use = "sig", kid = "key-1", n = Encode(parameters.Modulus!), e = Encode(parameters.Exponent!) } } };
    }

    private static string Token(RSA key, string subject, string group)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var head = Encode(JsonSerializer.SerializeToUtf8Bytes(new { alg = "RS256", kid = "key-1", typ = "JWT" }));
        var claims = Encode(JsonSerializer.SerializeToUtf8Bytes(
            new { iss = Issuer, aud = Audience, sub = subject, iat = now, nbf = now, exp = now + 600, groups = new[] { group } }));
        return $"{head}.{claims}.{Encode(key.SignData(Encoding.ASCII.GetBytes($"{head}.{claims}"), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))}";
    }

    private static string Encode(byte[] bytes) => Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    /// <summary>Who signs, and the session token that goes with the key.</summary>
    private sealed record Caller(SigV4Signer Signer, string? SessionToken);
}
