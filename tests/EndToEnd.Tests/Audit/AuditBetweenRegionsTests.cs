using System.Globalization;
using System.Text;
using System.Text.Json;
using EdgeCache.EndToEnd.Tests.Harness;

namespace EdgeCache.EndToEnd.Tests.Audit;

/// <summary>
/// The records of a bucket in one region, made by its origin and by the edge, get into the audit bucket in the control plane's region, each once, while
/// the origins of both regions are killed in turn.
/// </summary>
public sealed class AuditBetweenRegionsTests
{
    private const int AnswersBetweenKills = 60;
    private const string Far = "far-bucket";
    private const string Near = "near-bucket";

    [Fact]
    public async Task Records_of_a_bucket_elsewhere_are_delivered_once_across_kills_of_either_origin()
    {
        var kills = int.Parse(Environment.GetEnvironmentVariable("EDGECACHE_AUDIT_KILLS") ?? "6", CultureInfo.InvariantCulture);
        var seed = int.Parse(Environment.GetEnvironmentVariable("EDGECACHE_SEED") ?? "20261122", CultureInfo.InvariantCulture);
        var cancellation = TestContext.Current.CancellationToken;
        await using var deployment = await TwoRegionDeployment.StartAsync(cancellation, ("Audit:MaxBatchAge", "00:00:01"));
        using var client = new AuditedClient();
        await client.AskAsync(
            HttpMethod.Put, deployment.Ord.Endpoints.ControlPlane!, "/v1/cwobject/organization/settings",
            new { settings = new { bucketAuditLoggingEnabled = true } }, cancellation);
        await CreateAsync(client, deployment, Far, "LAS1", cancellation);
        await CreateAsync(client, deployment, Near, "ORD1", cancellation);

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var workers = Enumerable.Range(0, 3).Select(w => WorkAsync(deployment, client, new Random(seed + w), stop.Token)).ToArray();
        for (var kill = 0; kill < kills; kill++)
        {
            var goal = client.Succeeded + AnswersBetweenKills;
            while (client.Succeeded < goal)
            {
                cancellation.ThrowIfCancellationRequested();
                Assert.All(workers, static w => Assert.False(w.IsFaulted, w.Exception?.ToString()));
                await Task.Delay(20, cancellation);
            }

            var victim = kill % 2 == 0 ? deployment.Las : deployment.Ord;
            await victim.KillAsync();
            await victim.RestartAsync(cancellation);
        }

        await stop.CancelAsync();
        await Task.WhenAll(workers);
        var trail = await AuditTrail.WaitForAsync(
            deployment.Ord.Endpoints.S3, client,
            () => $"{deployment.Edge.Output}\n{deployment.Ord.Output}\n{deployment.Las.Output}", cancellation);
        var ofFar = trail.Where(static r => Text(r, "bucketName") == Far).ToList();
        Assert.Contains(ofFar, static r => Text(r, "servedBy") == "origin/LAS1" && Text(r, "via") is null);
        Assert.Contains(ofFar, static r => Text(r, "servedBy") == "origin/LAS1" && Text(r, "via") == "edge/LGA1");
        Assert.Contains(ofFar, static r => Text(r, "servedBy") == "edge/LGA1");
        Assert.All(ofFar.Where(static r => Text(r, "operation") != "CreateBucket"), static r => Assert.Equal("LAS1", Text(r, "region")));
        TestContext.Current.SendDiagnosticMessage(
            $"{kills} kills, seed {seed}: {client.Answered.Count} requests, each recorded once: {ofFar.Count} records of the bucket in LAS1, " +
            $"{ofFar.Count(static r => Text(r, "servedBy") == "edge/LGA1")} of them by the edge");
    }

    private static async Task CreateAsync(AuditedClient client, TwoRegionDeployment deployment, string bucket, string region, CancellationToken cancellationToken)
    {
        var body = $"<CreateBucketConfiguration><LocationConstraint>{region}</LocationConstraint></CreateBucketConfiguration>";
        Assert.True(await client.SendAsync(HttpMethod.Put, deployment.Edge.Endpoints.S3, "/" + bucket, Encoding.UTF8.GetBytes(body), cancellationToken));
    }

    private static async Task WorkAsync(TwoRegionDeployment deployment, AuditedClient client, Random random, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            var (edge, las, far) = (deployment.Edge.Endpoints.S3, deployment.Las.Endpoints.S3, $"/{Far}/key-{random.Next(8)}");
            try
            {
                await (random.Next(9) switch
                {
                    0 => client.SendAsync(HttpMethod.Put, edge, far, new byte[random.Next(2000)], cancellationToken),
                    1 => client.SendAsync(HttpMethod.Put, las, far, new byte[random.Next(2000)], cancellationToken),
                    2 or 3 => client.SendAsync(HttpMethod.Get, edge, far, null, cancellationToken),
                    4 => client.SendAsync(HttpMethod.Get, las, far, null, cancellationToken),
                    5 => client.SendAsync(HttpMethod.Get, random.Next(2) == 0 ? edge : las, far, null, cancellationToken, isSigned: false),
                    6 => client.SendAsync(HttpMethod.Get, edge, $"/{Far}?list-type=2", null, cancellationToken),
                    7 => client.SendAsync(HttpMethod.Delete, edge, far, null, cancellationToken),
                    _ => client.SendAsync(HttpMethod.Put, edge, $"/{Near}/key", new byte[random.Next(2000)], cancellationToken),
                });
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private static string? Text(JsonElement record, string name) => record.TryGetProperty(name, out var value) ? value.GetString() : null;
}
