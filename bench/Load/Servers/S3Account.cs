using System.Net;
using EdgeCache.Load.Data;
using EdgeCache.Shared.SigV4;

namespace EdgeCache.Load.Servers;

/// <summary>One bucket at one S3 endpoint, with the few signed requests that prepare a measurement.</summary>
internal sealed class S3Account(HttpClient http, SigV4Signer signer, Uri endpoint, string bucket)
{
    public Task CreateBucketAsync(CancellationToken cancellation) => SendAsync(HttpMethod.Put, "", null, cancellation);

    public Task PutAsync(StoredObject stored, CancellationToken cancellation)
    {
        var content = new StreamContent(new SeededStream(stored.Content, stored.Size), bufferSize: 1 << 20);
        content.Headers.ContentLength = stored.Size;
        return PutAsync(stored.Key, content, cancellation);
    }

    public Task PutAsync(string key, HttpContent content, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Put, key, request => request.Content = content, cancellation);

    public Task CopyAsync(string source, string key, CancellationToken cancellation) => SendAsync(
        HttpMethod.Put, key, request => request.Headers.Add("x-amz-copy-source", $"/{bucket}/{source}"), cancellation);

    public Task DeleteAsync(string key, CancellationToken cancellation) => SendAsync(HttpMethod.Delete, key, null, cancellation);

    private async Task SendAsync(HttpMethod method, string key, Action<HttpRequestMessage>? prepare, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, new Uri(endpoint, key.Length == 0 ? $"/{bucket}" : $"/{bucket}/{key}"))
        {
            Version = HttpVersion.Version11,
        };
        prepare?.Invoke(request);
        signer.Sign(request);
        using var response = await http.SendAsync(request, cancellation);
        var body = await response.Content.ReadAsStringAsync(cancellation);

        // A copy may fail after its 200 was sent; the error is then in the body.
        if (!response.IsSuccessStatusCode || body.Contains("<Error>", StringComparison.Ordinal))
        {
            throw new ServerException($"{method} {request.RequestUri}: {(int)response.StatusCode} {body}");
        }
    }
}
