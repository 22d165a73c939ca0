using Amazon.S3;
using Amazon.S3.Model;
using EdgeCache.EndToEnd.Tests.Harness;
using EdgeCache.Testing;

namespace EdgeCache.EndToEnd.Tests.Processes;

/// <summary>Four edges of one datacenter that load the same model, and the death of one of them in the middle.</summary>
public sealed class FleetTests
{
    private const string Bucket = "fleet-models";
    private const long Size = 160_000_000;
    private const int Seed = 5;

    /// <summary>
    /// With real clocks on a machine that runs other things too, a peer may be taken for dead that is only slow, and its share is then fetched twice. That
    /// it is exactly once otherwise is shown by PeerFleetTests, whose clock stands.
    /// </summary>
    private const double Tolerance = 1.25;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_model_leaves_the_origin_once_and_a_killed_edge_costs_its_share_again()
    {
        await using var fleet = await FleetDeployment.StartAsync(4, Cancellation);
        using (var origin = Client(fleet.Origin))
        {
            await origin.PutBucketAsync(Bucket, Cancellation);
            foreach (var key in new[] { "first", "second" })
            {
                await using var content = ByteStreams.Open(Seed, Size);
                await origin.PutObjectAsync(new PutObjectRequest { BucketName = Bucket, Key = key, InputStream = content }, Cancellation);
            }
        }

        await Task.WhenAll(fleet.Edges.Select(static e => LoadAsync(e, "first", () => Task.CompletedTask)));
        var egress = await FleetDeployment.EgressAsync(fleet.Edges, Cancellation) / Size;
        Assert.InRange(egress, 1.0, Tolerance);

        // Each client stops in the middle; then one edge dies; then all go on.
        var (victim, others) = (fleet.Edges[3], fleet.Edges.Take(3).ToArray());
        var before = await FleetDeployment.EgressAsync(others, Cancellation);
        using var halfway = new SemaphoreSlim(0);
        var killed = new TaskCompletionSource();
        var loads = fleet.Edges.Select(e => LoadAsync(e, "second", () =>
        {
            halfway.Release();
            return killed.Task;
        })).ToArray();
        for (var i = 0; i < loads.Length; i++)
        {
            await await Task.WhenAny([halfway.WaitAsync(Cancellation), .. loads]);
        }

        await victim.KillAsync();
        killed.SetResult();
        await Task.WhenAll(loads[..3]);
        await Assert.ThrowsAnyAsync<Exception>(() => loads[3]);
        var again = (await FleetDeployment.EgressAsync(others, Cancellation) - before) / Size;

        // The three fetch at most all of it, and what is under way at the death once each.
        Assert.InRange(again, 0.0, 2 * Tolerance);
        TestContext.Current.SendDiagnosticMessage($"origin egress: {egress:0.000} x the model for four edges; {again:0.000} x by the three that were left, one killed in the middle");

        // It comes back and is asked again, and everything is still right.
        await victim.RestartAsync(Cancellation);
        await LoadAsync(victim, "second", static () => Task.CompletedTask);
    }

    private static AmazonS3Client Client(ServerProcess server) =>
        SdkClient.Create(ProcessDeployment.AccessKeyId, ProcessDeployment.SecretKey, server.Endpoints.S3);

    private static async Task LoadAsync(ServerProcess edge, string key, Func<Task> atHalf)
    {
        using var s3 = Client(edge);
        using var got = await s3.GetObjectAsync(Bucket, key, Cancellation);
        var buffer = new byte[1 << 20];
        var (read, stopped) = (0L, false);
        for (int count; (count = await got.ResponseStream.ReadAsync(buffer, Cancellation)) > 0; read += count)
        {
            Assert.Equal(-1, ByteStreams.FirstDifference(Seed, read, buffer.AsSpan(0, count)));
            if (read + count >= Size / 2 && !stopped)
            {
                stopped = true;
                await atHalf();
            }
        }

        Assert.Equal(Size, read);
    }
}
