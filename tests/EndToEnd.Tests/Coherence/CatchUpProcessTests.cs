using System.Net;
using System.Runtime.InteropServices;
using EdgeCache.EndToEnd.Tests.Harness;
using EdgeCache.Shared.SigV4;

namespace EdgeCache.EndToEnd.Tests.Coherence;

/// <summary>An edge that was stopped or killed comes back with its metadata and its place in the feed, and asks only for what changed meanwhile.</summary>
public sealed class CatchUpProcessTests
{
    private const int Objects = 40;
    private const int Changed = 5;
    private const int Others = 60;

    private static readonly HttpClient Http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(60) };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_restarted_edge_asks_only_for_what_changed_while_it_was_away(bool kill)
    {
        await using var deployment = await ProcessDeployment.StartAsync(Cancellation);
        var signer = new SigV4Signer(ProcessDeployment.AccessKeyId, ProcessDeployment.SecretKey, "us-east-1", TimeProvider.System);
        await SendAsync(HttpMethod.Put, deployment.Origin, "/away");
        for (var i = 0; i < Objects; i++)
        {
            await SendAsync(HttpMethod.Put, deployment.Origin, $"/away/object-{i}", $"first {i}");
        }

        await LiveAsync(deployment);
        for (var i = 0; i < Objects; i++)
        {
            Assert.Equal($"first {i}", await SendAsync(HttpMethod.Get, deployment.Edge, $"/away/object-{i}"));
        }

        // A kill leaves what was on disk by then: wait until the chunks, the mappings and the place in the feed are.
        await CheckpointAsync(deployment);
        if (kill)
        {
            await deployment.Edge.KillAsync();
        }
        else
        {
            await deployment.Edge.StopAsync(PosixSignal.SIGTERM, Cancellation);
        }

        for (var i = 0; i < Others; i++)
        {
            await SendAsync(HttpMethod.Put, deployment.Origin, $"/away/other-{i}", "other");
        }

        for (var i = 0; i < Changed; i++)
        {
            await SendAsync(HttpMethod.Put, deployment.Origin, $"/away/object-{i}", $"second {i}");
        }

        await deployment.Edge.RestartAsync(Cancellation);
        await LiveAsync(deployment);
        var before = await deployment.ObjectReadsAtOriginAsync(Cancellation);
        for (var round = 0; round < 2; round++)
        {
            for (var i = 0; i < Objects; i++)
            {
                Assert.Equal(i < Changed ? $"second {i}" : $"first {i}", await SendAsync(HttpMethod.Get, deployment.Edge, $"/away/object-{i}"));
            }
        }

        // The edge's own counters began with the restart.
        Assert.Equal(Changed, await SumAsync(deployment, "edgecache_edge_resolved_total", "kind=\"version\"", "freshness=\"asked\""));
        Assert.Equal((2 * Objects) - Changed, await SumAsync(deployment, "edgecache_edge_resolved_total", "kind=\"version\"", "freshness=\"current\""));
        Assert.Equal(before + Changed, await deployment.ObjectReadsAtOriginAsync(Cancellation));

        async Task<string> SendAsync(HttpMethod method, ServerProcess to, string path, string? body = null)
        {
            using var request = new HttpRequestMessage(method, to.Endpoints.S3 + path);
            request.Content = body is null ? null : new StringContent(body);
            signer.Sign(request);
            using var response = await Http.SendAsync(request, Cancellation);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            return await response.Content.ReadAsStringAsync(Cancellation);
        }
    }

    private static async Task LiveAsync(ProcessDeployment deployment)
    {
        while (await SumAsync(deployment, "edgecache_edge_feed_live") < 2)
        {
            await Task.Delay(20, Cancellation);
        }
    }

    private static async Task CheckpointAsync(ProcessDeployment deployment)
    {
        var checkpoint = Path.Combine(deployment.EdgeDirectory, "feed-ORD1.checkpoint");
        var position = await SumAsync(deployment, "edgecache_edge_feed_position", "stream=\"ORD1\"");
        while (!File.Exists(checkpoint) || Position(await File.ReadAllBytesAsync(checkpoint, Cancellation)) < position)
        {
            await Task.Delay(50, Cancellation);
        }
    }

    /// <summary>As the checkpoint's format has it: magic, the epoch with its length, floor, position.</summary>
    private static long Position(byte[] checkpoint) => BitConverter.ToInt64(checkpoint, 8 + BitConverter.ToInt32(checkpoint, 4) + sizeof(long));

    private static Task<double> SumAsync(ProcessDeployment deployment, string name, params string[] labels) =>
        PrometheusMetrics.SumAsync([deployment.Edge.Endpoints.Admin + "/metrics"], name, Cancellation, labels);
}
