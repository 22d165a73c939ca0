using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using EdgeCache.Edge.Tests.Peers;

namespace EdgeCache.Edge.Tests.Administration;

/// <summary>Asks the admin API of a cluster's edge, as the operator <c>ops</c>.</summary>
internal sealed class AdminClient(EdgeCluster cluster)
{
    public const string Token = "an-admin-token-for-tests";

    /// <summary>How often a state is asked for that a background task is about to reach.</summary>
    private const int MaxPolls = 3000;

    private static readonly TimeSpan PollPause = TimeSpan.FromMilliseconds(20);

    public static Task<EdgeCluster> StartClusterAsync(Action<Dictionary<string, string?>>? configure = null) => EdgeCluster.StartAsync(settings =>
    {
        settings["Edge:AdminTokens:0:Name"] = "ops";
        settings["Edge:AdminTokens:0:Token"] = Token;
        configure?.Invoke(settings);
    });

    public async Task<(HttpStatusCode Status, JsonElement Body)> SendAsync(HttpMethod method, string path, string? body = null, string? token = Token)
    {
        using var request = new HttpRequestMessage(method, new Uri(cluster.Edge.AdminEndpoint, path));
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await cluster.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return (response.StatusCode, text.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(text));
    }

    /// <summary>Begins a warm-up; its id.</summary>
    public async Task<string> WarmAsync(string body)
    {
        var (status, job) = await SendAsync(HttpMethod.Post, "/v1/edge/warm", body);
        Assert.True(status == HttpStatusCode.Accepted, $"{status}: {job}");
        return job.GetProperty("id").GetString()!;
    }

    /// <summary>A warm-up once it has ended.</summary>
    public async Task<JsonElement> EndOfAsync(string id)
    {
        for (var polls = 0; polls < MaxPolls; polls++)
        {
            var (_, job) = await SendAsync(HttpMethod.Get, $"/v1/edge/warm/{id}");
            if (job.TryGetProperty("endedAt", out _))
            {
                return job;
            }

            await Task.Delay(PollPause, TestContext.Current.CancellationToken);
        }

        throw new TimeoutException($"The warm-up {id} does not end.");
    }

    public async Task<JsonElement[]> ObjectsOfAsync(string id) =>
        [.. (await SendAsync(HttpMethod.Get, $"/v1/edge/warm/{id}/objects")).Body.GetProperty("objects").EnumerateArray()];
}
