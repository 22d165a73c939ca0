using System.Globalization;
using EdgeCache.EndToEnd.Tests.Harness;

namespace EdgeCache.EndToEnd.Tests.Audit;

/// <summary>The audit log under SIGKILL of origin and edge, between batches and within them.</summary>
public sealed class AuditKillTests
{
    private const int Workers = 3;
    private const int AnswersBetweenKills = 40;
    private const string Bucket = "audited-bucket";

    private const string CustomerKey = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

    [Fact]
    public async Task Every_answered_request_is_in_the_audit_bucket_once_and_no_secret_is()
    {
        var cycles = int.Parse(Environment.GetEnvironmentVariable("EDGECACHE_AUDIT_KILLS") ?? "8", CultureInfo.InvariantCulture);
        var seed = int.Parse(Environment.GetEnvironmentVariable("EDGECACHE_SEED") ?? "20261122", CultureInfo.InvariantCulture);
        var cancellation = TestContext.Current.CancellationToken;
        await using var deployment = await ProcessDeployment.StartAsync(cancellation, "1GiB", ("Audit:MaxBatchAge", "00:00:01"));
        using var client = new AuditedClient();
        client.Secrets.Add(CustomerKey);
        await client.AskAsync(
            HttpMethod.Put, deployment.Origin.Endpoints.ControlPlane!, "/v1/cwobject/organization/settings",
            new { settings = new { controlPlaneAuditLoggingEnabled = true, bucketAuditLoggingEnabled = true } }, cancellation);
        Assert.True(await client.SendAsync(HttpMethod.Put, deployment.Edge.Endpoints.S3, "/" + Bucket, null, cancellation));

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var workers = Enumerable.Range(0, Workers).Select(w => WorkAsync(deployment, client, new Random(seed + w), stop.Token)).ToArray();
        var random = new Random(seed);
        for (var cycle = 0; cycle < cycles; cycle++)
        {
            var goal = client.Succeeded + AnswersBetweenKills;
            while (client.Succeeded < goal)
            {
                cancellation.ThrowIfCancellationRequested();
                Assert.All(workers, static w => Assert.False(w.IsFaulted, w.Exception?.ToString()));
                await Task.Delay(20, cancellation);
            }

            var key = await client.AskAsync(
                HttpMethod.Post, deployment.Origin.Endpoints.ControlPlane!, "/v1/cwobject/access-key", new { durationSeconds = 0 }, cancellation);
            client.Secrets.Add(key.GetProperty("secretKey").GetString()!);
            var victim = random.Next(2) == 0 ? deployment.Origin : deployment.Edge;
            await victim.KillAsync();
            await victim.RestartAsync(cancellation);
        }

        await stop.CancelAsync();
        await Task.WhenAll(workers);
        var trail = await AuditTrail.WaitForAsync(
            deployment.Origin.Endpoints.S3, client, () => $"{deployment.Edge.Output}\n{deployment.Origin.Output}", cancellation);
        Assert.Contains(trail, static r => r.GetProperty("servedBy").GetString() == "edge/LGA1");
        Assert.Contains(trail, static r => r.TryGetProperty("parameters", out var parameters) && parameters.TryGetProperty("forwarding", out _));
        Assert.Contains(trail, static r => r.TryGetProperty("via", out var via) && via.GetString() == "edge/LGA1");
        Assert.Contains(trail, static r => r.TryGetProperty("decision", out var decision) && decision.GetString() == "Deny");
        TestContext.Current.SendDiagnosticMessage(
            $"{cycles} kills, seed {seed}: {client.Answered.Count} requests of S3 and {client.AnsweredByControlPlane.Count} of the control plane, each recorded once");
    }

    private static async Task WorkAsync(ProcessDeployment deployment, AuditedClient client, Random random, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            var (edge, origin, path) = (deployment.Edge.Endpoints.S3, deployment.Origin.Endpoints.S3, $"/{Bucket}/key-{random.Next(8)}");
            try
            {
                await (random.Next(9) switch
                {
                    0 => client.SendAsync(HttpMethod.Put, edge, path, new byte[random.Next(2000)], cancellationToken),
                    1 => client.SendAsync(HttpMethod.Put, origin, path, new byte[random.Next(2000)], cancellationToken),
                    2 or 3 => client.SendAsync(HttpMethod.Get, edge, path, null, cancellationToken),
                    4 => client.GetPresignedAsync(edge, path, cancellationToken),
                    5 => client.SendAsync(HttpMethod.Get, random.Next(2) == 0 ? edge : origin, path, null, cancellationToken, isSigned: false),
                    6 => client.SendAsync(HttpMethod.Head, edge, path, null, cancellationToken),
                    7 => client.SendAsync(HttpMethod.Delete, edge, path, null, cancellationToken),
                    _ => client.SendAsync(
                        HttpMethod.Get, edge, path, null, cancellationToken, true, ("x-amz-server-side-encryption-customer-key", CustomerKey)),
                });
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
        }
    }
}
