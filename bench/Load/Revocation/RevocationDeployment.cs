using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using EdgeCache.Load.Servers;
using EdgeCache.Shared.SigV4;

namespace EdgeCache.Load.Revocation;

/// <summary>An origin with the control plane and several edges, each a process of its own, and one small object that all edges have cached.</summary>
internal sealed class RevocationDeployment : IAsyncDisposable
{
    public const string Bucket = "revocation";
    public const string Key = "object";
    public const string Organization = "load";

    private const string AccessKeyId = "LOADTOOLACCESSKEY000";
    private const string SecretKey = "load-tool-secret-key-for-loopback-only-0";
    private const string ClusterSecret = "load-tool-cluster-secret-for-loopback-only";
    private const string ApiToken = "load-tool-api-token-for-loopback-only";
    private const string OperatorToken = "load-tool-operator-token-for-loopback-only";
    private const string AnyPort = "http://127.0.0.1:0";
    private const int ObjectSize = 1024;

    private readonly HttpClient _http;
    private readonly ProductProcess _origin;
    private readonly List<ProductProcess> _edges = [];
    private readonly Uri _controlPlane;

    private RevocationDeployment(HttpClient http, ProductProcess origin, Uri controlPlane) => (_http, _origin, _controlPlane) = (http, origin, controlPlane);

    public SigV4Signer Signer { get; } = new(AccessKeyId, SecretKey, "us-east-1", TimeProvider.System);

    public IReadOnlyList<Uri> Edges => [.. _edges.Select(static e => e.S3)];

    public static async Task<RevocationDeployment> StartAsync(
        ProductPrograms programs, string directory, int edges, HttpClient http, CancellationToken cancellation)
    {
        var data = Path.Combine(directory, "origin");
        var origin = await ProductProcess.StartAsync(
            programs.Origin,
            data,
            [
                "--Origin:Region=ORD1", $"--Origin:DataDirectory={data}", $"--Origin:S3Url={AnyPort}", $"--Origin:AdminUrl={AnyPort}",
                $"--Origin:ControlPlaneUrl={AnyPort}", $"--Origin:ClusterSecret={ClusterSecret}", "--Origin:Domain=localhost",
                $"--Origin:Bootstrap:OrganizationId={Organization}", $"--Origin:Bootstrap:AccessKeyId={AccessKeyId}", $"--Origin:Bootstrap:SecretKey={SecretKey}",
                $"--Origin:Bootstrap:ApiToken={ApiToken}", $"--Origin:Bootstrap:OperatorToken={OperatorToken}", "--Origin:ControlPlaneLimits:RequestsPerMinute=60000",
                "--Origin:ControlPlaneLimits:CredentialsPerMinuteAndToken=60000", "--Origin:ControlPlaneLimits:CredentialsPerMinuteAndAddress=60000",
            ],
            http,
            cancellation);
        using var endpoints = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(data, "endpoints.json"), cancellation));
        var deployment = new RevocationDeployment(http, origin, new Uri(endpoints.RootElement.GetProperty("controlPlane").GetString()!));
        try
        {
            for (var i = 1; i <= edges; i++)
            {
                deployment._edges.Add(await StartEdgeAsync(programs, Path.Combine(directory, $"edge-{i}"), $"EDGE{i}", origin, http, cancellation));
            }

            await deployment.S3Async(HttpMethod.Put, $"/{Bucket}", null, cancellation);
            await deployment.S3Async(HttpMethod.Put, $"/{Bucket}/{Key}", new byte[ObjectSize], cancellation);
            return deployment;
        }
        catch
        {
            await deployment.DisposeAsync();
            throw;
        }
    }

    /// <summary>Calls the control plane's API as the operator.</summary>
    public Task OperateAsync(HttpMethod method, string path, CancellationToken cancellation) => ControlAsync(method, path, null, cancellation, OperatorToken);

    /// <summary>Calls the control plane's API, by default as the organization's admin; the answer's document.</summary>
    public async Task<JsonElement> ControlAsync(HttpMethod method, string path, string? body, CancellationToken cancellation, string token = ApiToken)
    {
        using var request = new HttpRequestMessage(method, new Uri(_controlPlane, path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await _http.SendAsync(request, cancellation);
        var text = await response.Content.ReadAsStringAsync(cancellation);
        return response.IsSuccessStatusCode ? JsonDocument.Parse(text).RootElement.Clone() : throw new ServerException($"{method} {path}: {(int)response.StatusCode} {text}");
    }

    /// <summary>Calls the origin's S3 API with the bucket owner's key.</summary>
    public async Task S3Async(HttpMethod method, string path, byte[]? body, CancellationToken cancellation, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, new Uri(_origin.S3, path));
        request.Content = body is null ? null : new ByteArrayContent(body);
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        Signer.Sign(request);
        using var response = await _http.SendAsync(request, cancellation);
        if (!response.IsSuccessStatusCode)
        {
            throw new ServerException($"{method} {path}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync(cancellation)}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var edge in _edges)
        {
            await edge.DisposeAsync();
        }

        await _origin.DisposeAsync();
    }

    private static Task<ProductProcess> StartEdgeAsync(
        ProductPrograms programs, string directory, string name, ProductProcess origin, HttpClient http, CancellationToken cancellation) =>
        ProductProcess.StartAsync(
            programs.Edge,
            directory,
            [
                $"--Edge:Name={name}", $"--Edge:S3Url={AnyPort}", $"--Edge:AdminUrl={AnyPort}", $"--Edge:DataDirectory={directory}", "--Edge:CacheSize=256MiB",
                $"--Edge:ClusterSecret={ClusterSecret}", $"--Edge:ControlPlaneAdminUrl={origin.Admin}", "--Edge:Regions:0:Name=ORD1",
                $"--Edge:Regions:0:S3Url={origin.S3}", $"--Edge:Regions:0:AdminUrl={origin.Admin}", "--Edge:DefaultRegion=ORD1", "--Edge:Domain=localhost",
            ],
            http,
            cancellation);
}
