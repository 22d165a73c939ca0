using System.Net.Http.Headers;
using System.Text;

namespace EdgeCache.Load.Soak;

/// <summary>
/// Breaks something at intervals, each kind in turn in a random order, and mends it again. Lost connections and processes excuse failures of requests;
/// damage, purges and draining must not be noticed by anybody.
/// </summary>
internal sealed class SoakFaults(SoakDeployment deployment, SoakTally tally, FaultClock clock, HttpClient http, TimeSpan interval, Random random)
{
    private static readonly TimeSpan StallTime = TimeSpan.FromSeconds(2);

    public async Task RunAsync(CancellationToken stopping)
    {
        (string Name, bool Excuses, Func<CancellationToken, Task> Run)[] kinds =
        [
            ("links cut", true, _ => CutAsync()), ("origin's data stalled", true, token => StallAsync(deployment.Data, token)),
            ("feeds and questions stalled", true, token => StallAsync(deployment.Questions, token)),
            ("edge killed", true, token => deployment.RestartEdgeAsync(AnyEdge(), kill: true, token)),
            ("edge restarted", true, token => deployment.RestartEdgeAsync(AnyEdge(), kill: false, token)),
            ("origin killed", true, token => deployment.RestartOriginAsync(kill: true, token)), ("bytes of the cache flipped", false, DamageAsync),
            ("cache purged", false, token => AdminAsync(HttpMethod.Post, "/v1/edge/purge", """{"bucket":"soak","prefix":"large/"}""", token)),
            ("drained and back", false, DrainAsync),
        ];
        while (true)
        {
            random.Shuffle(kinds);
            foreach (var (name, excuses, run) in kinds)
            {
                await Task.Delay(interval, stopping);
                using (excuses ? clock.Begin() : null)
                {
                    // A fault that has begun is mended, whatever the hour.
                    await run(CancellationToken.None);
                }

                tally.Broke(name);
            }
        }
    }

    private int AnyEdge() => random.Next(SoakSettings.Edges);

    private Task CutAsync()
    {
        deployment.Data.Cut();
        deployment.Questions.Cut();
        return Task.CompletedTask;
    }

    private static async Task StallAsync(FaultyLink link, CancellationToken cancellation)
    {
        link.Stall();
        await Task.Delay(StallTime, cancellation);
        link.Resume();
    }

    /// <summary>Flips a byte in each of some blocks of a random segment, as a failing drive would.</summary>
    private Task DamageAsync(CancellationToken cancellation)
    {
        const int Flips = 64;
        var segments = Directory.GetFiles(deployment.CacheOf(AnyEdge()), "chunks.*", SearchOption.AllDirectories);
        if (segments.Length == 0)
        {
            return Task.CompletedTask;
        }

        using var file = File.OpenHandle(segments[random.Next(segments.Length)], FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        var one = new byte[1];
        for (var i = 0; i < Flips && RandomAccess.GetLength(file) > 0; i++)
        {
            var at = random.NextInt64(RandomAccess.GetLength(file));
            RandomAccess.Read(file, one, at);
            one[0] ^= 0x55;
            RandomAccess.Write(file, one, at);
        }

        return Task.CompletedTask;
    }

    private async Task DrainAsync(CancellationToken cancellation)
    {
        await AdminAsync(HttpMethod.Post, "/v1/edge/drain", null, cancellation);
        await AdminAsync(HttpMethod.Delete, "/v1/edge/drain", null, cancellation);
    }

    private async Task AdminAsync(HttpMethod method, string path, string? body, CancellationToken cancellation)
    {
        foreach (var admin in deployment.Admins)
        {
            using var request = new HttpRequestMessage(method, new Uri(admin, path));
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", SoakDeployment.AdminToken);
            request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
            using var response = await http.SendAsync(request, cancellation);
            if (!response.IsSuccessStatusCode)
            {
                throw new Servers.ServerException($"{method} {path}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync(cancellation)}");
            }
        }
    }
}
