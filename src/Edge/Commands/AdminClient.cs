using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using EdgeCache.Edge.Administration;

namespace EdgeCache.Edge.Commands;

/// <summary>A request of the admin API was not answered as hoped; the message says why, in one line.</summary>
internal sealed class AdminCommandException(string message) : Exception(message);

/// <summary>Asks the admin API of an edge.</summary>
internal sealed class AdminClient : IDisposable
{
    /// <summary>How long an answer may take: a purge walks through all keys of a prefix.</summary>
    private static readonly TimeSpan ReplyTimeout = TimeSpan.FromMinutes(10);

    private readonly HttpClient _http;
    private readonly Uri _edge;

    public AdminClient(Uri edge, string token)
    {
        _edge = edge;
        _http = new HttpClient(new SocketsHttpHandler { UseProxy = false, ConnectTimeout = TimeSpan.FromSeconds(5) }) { BaseAddress = edge, Timeout = ReplyTimeout };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    public Task<TReply> GetAsync<TReply>(string path, JsonTypeInfo<TReply> reply, CancellationToken cancellationToken) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Get, path), reply, cancellationToken);

    public Task<TReply> DeleteAsync<TReply>(string path, JsonTypeInfo<TReply> reply, CancellationToken cancellationToken) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Delete, path), reply, cancellationToken);

    public Task<TReply> PostAsync<TReply>(string path, JsonTypeInfo<TReply> reply, CancellationToken cancellationToken) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Post, path), reply, cancellationToken);

    public Task<TReply> PostAsync<TBody, TReply>(
        string path, TBody body, JsonTypeInfo<TBody> type, JsonTypeInfo<TReply> reply, CancellationToken cancellationToken) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body, type) }, reply, cancellationToken);

    public void Dispose() => _http.Dispose();

    private async Task<TReply> SendAsync<TReply>(HttpRequestMessage request, JsonTypeInfo<TReply> type, CancellationToken cancellationToken)
    {
        using (request)
        {
            try
            {
                using var response = await _http.SendAsync(request, cancellationToken);
                var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
                if (response.IsSuccessStatusCode)
                {
                    return (TReply)(JsonSerializer.Deserialize(body, type) as object ?? throw new JsonException("an empty document"));
                }

                throw new AdminCommandException(ReasonOf(body) is { } reason ? reason : $"{_edge} answered {(int)response.StatusCode}");
            }
            catch (HttpRequestException e)
            {
                throw new AdminCommandException($"can't reach the admin listener at {_edge}: {e.Message}");
            }
            catch (JsonException e)
            {
                throw new AdminCommandException($"{_edge} does not answer as an edge's admin listener does: {e.Message}");
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new AdminCommandException($"{_edge} did not answer within {ReplyTimeout.TotalMinutes:0} minutes");
            }
        }
    }

    private static string? ReasonOf(byte[] body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, AdminJson.Default.AdminError)?.Message;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
