using System.Text;
using EdgeCache.Shared.SigV4;

namespace EdgeCache.EndToEnd.Tests.Harness;

/// <summary>Bare requests through the edge, for what stock clients do not show: the headers of each answer.</summary>
internal sealed class SignedHttp(Bootstrap bootstrap) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false });
    private readonly SigV4Signer _signer = new(bootstrap.AccessKeyId, bootstrap.SecretKey, "us-east-1", TimeProvider.System);

    public Task<HttpAnswer> GetAsync(string path, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Get, path, isSigned: true, headers);

    public Task<HttpAnswer> HeadAsync(string path, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Head, path, isSigned: true, headers);

    public Task<HttpAnswer> DeleteAsync(string path) => SendAsync(HttpMethod.Delete, path, isSigned: true, []);

    /// <summary>Asks as nobody.</summary>
    public Task<HttpAnswer> GetUnsignedAsync(string path) => SendAsync(HttpMethod.Get, path, isSigned: false, []);

    public void Dispose() => _http.Dispose();

    private async Task<HttpAnswer> SendAsync(HttpMethod method, string path, bool isSigned, (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, new Uri(bootstrap.AcceleratedEndpoint + path));
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        if (isSigned)
        {
            _signer.Sign(request);
        }

        using var response = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        return new(
            (int)response.StatusCode,
            response.Headers.Concat(response.Content.Headers).ToDictionary(h => h.Key, h => string.Join(",", h.Value), StringComparer.OrdinalIgnoreCase),
            await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }
}

/// <summary>An answer, read to its end.</summary>
internal sealed record HttpAnswer(int Status, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public string Text => Encoding.UTF8.GetString(Body);

    /// <summary>What the edge's cache had to do with it.</summary>
    public string? Cache => this["x-cache"];

    public string? this[string header] => Headers.GetValueOrDefault(header);

    public HttpAnswer ShouldBe(int status)
    {
        Assert.True(Status == status, $"{Status} instead of {status}: {Text}");
        return this;
    }
}
