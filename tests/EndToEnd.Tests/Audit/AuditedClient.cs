using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using EdgeCache.EndToEnd.Tests.Harness;
using EdgeCache.Shared.SigV4;

namespace EdgeCache.EndToEnd.Tests.Audit;

/// <summary>Sends requests and keeps the ids of those that were answered in full, and every secret that it used.</summary>
internal sealed class AuditedClient : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(20) };
    private readonly SigV4Signer _signer = new(ProcessDeployment.AccessKeyId, ProcessDeployment.SecretKey, "ORD1", TimeProvider.System);

    /// <summary>
    /// What a tier answers while it can't know whether to record: its facts of the organization are not cached, and nobody tells them. Those answers alone
    /// have no record (docs/formats/audit.md). A failed HEAD does not say which it is.
    /// </summary>
    private const string SettingsUnknown = "The audit settings can";

    private int _succeeded;

    /// <summary>How many were answered by other than a failure.</summary>
    public int Succeeded => Volatile.Read(ref _succeeded);

    /// <summary>Request id to what it was.</summary>
    public ConcurrentDictionary<string, string> Answered { get; } = [];

    /// <summary>Request id to what it was, on the control plane.</summary>
    public ConcurrentDictionary<string, string> AnsweredByControlPlane { get; } = [];

    public ConcurrentBag<string> Secrets { get; } =
        [ProcessDeployment.SecretKey, ProcessDeployment.ApiToken, ProcessDeployment.ClusterSecret];

    /// <summary>Sends a request to S3; false when it was not answered, or by a failure: which is an answer too, and recorded.</summary>
    public async Task<bool> SendAsync(
        HttpMethod method, string endpoint, string pathAndQuery, byte[]? body, CancellationToken cancellationToken,
        bool isSigned = true, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, new Uri(endpoint.TrimEnd('/') + pathAndQuery));
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        request.Content = body is null ? null : new ByteArrayContent(body);
        if (isSigned)
        {
            _signer.Sign(request);
            Secrets.Add(request.Headers.GetValues("Authorization").Single().Split("Signature=")[1]);
        }

        return await SendAsync(request, cancellationToken);
    }

    /// <summary>Sends a presigned GET.</summary>
    public async Task<bool> GetPresignedAsync(string endpoint, string path, CancellationToken cancellationToken)
    {
        var link = _signer.Presign(HttpMethod.Get, new Uri(endpoint.TrimEnd('/') + path), TimeSpan.FromMinutes(5));
        Secrets.Add(link.Query.Split("X-Amz-Signature=")[1].Split('&')[0]);
        using var request = new HttpRequestMessage(HttpMethod.Get, link);
        return await SendAsync(request, cancellationToken);
    }

    /// <summary>Asks the control plane; the request must succeed.</summary>
    public async Task<JsonElement> AskAsync(HttpMethod method, string endpoint, string path, object? body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, new Uri(new Uri(endpoint), path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", ProcessDeployment.ApiToken);
        request.Content = body is null ? null : JsonContent.Create(body, options: JsonSerializerOptions.Web);
        using var response = await _http.SendAsync(request, cancellationToken);
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode}: {text}");
        AnsweredByControlPlane[response.Headers.GetValues("x-request-id").Single()] = $"{method} {path}";
        return JsonDocument.Parse(text).RootElement;
    }

    public void Dispose() => _http.Dispose();

    private async Task<bool> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await _http.SendAsync(request, cancellationToken);
            var hasFailed = (int)response.StatusCode >= 500;
            var text = hasFailed ? await response.Content.ReadAsStringAsync(cancellationToken) : string.Empty;
            if (!hasFailed || (request.Method != HttpMethod.Head && !text.Contains(SettingsUnknown, StringComparison.Ordinal)))
            {
                Answered[response.Headers.GetValues("x-amz-request-id").Single()] =
                    $"{request.Method} {request.RequestUri!.AbsolutePath} {(int)response.StatusCode} {text}";
            }

            if (!hasFailed)
            {
                Interlocked.Increment(ref _succeeded);
            }

            return !hasFailed;
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return false;
        }
    }
}
