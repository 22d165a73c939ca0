using System.Globalization;
using System.Text;
using EdgeCache.EndToEnd.Tests.Harness;
using EdgeCache.Shared.Replication;

namespace EdgeCache.EndToEnd.Tests.Coherence;

/// <summary>
/// Several writers and readers, two regions, three edges; connections between edges and regions that are cut, held, delayed and refused; edges that are killed
/// and restarted. Whatever happens: no unmarked answer is older than the feed's interval and a second, no body is a mix, and strong buckets are
/// linearizable per key.
/// <para>
/// The verdict does not depend on how fast the machine is. An answer that says nothing must not be older than the bound whether the edge's feed was live or not:
/// when it is not, the edge asks, or marks the answer. All times are of one monotonic clock, and each error they can have goes to the edge's favour: a read begins
/// before its request is sent, a write ends after its success was heard. A process that does not get the processor makes frames late, and late frames make an edge
/// ask; the report tells how often that was.
/// </para>
/// </summary>
public sealed class HistoryTests
{
    private const int FeedKeys = 6;
    private const int StrongKeys = 3;
    private const int ReadersPerEdge = 3;
    private const int MinReads = 100;

    private static readonly TimeSpan Bound = FeedFrame.HeartbeatInterval + FeedFrame.StaleAfter;

    private static readonly HistoryBucket[] Buckets =
    [
        new("feed-ord", 0, IsVersioned: false, IsStrong: false), new("feed-las", 1, IsVersioned: true, IsStrong: false),
        new("strong-ord", 0, IsVersioned: true, IsStrong: true), new("strong-las", 1, IsVersioned: true, IsStrong: true),
    ];

    private readonly SortedDictionary<string, int> _answers = new(StringComparer.Ordinal);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_read_is_older_than_promised_or_mixed_and_strong_buckets_are_linearizable()
    {
        var seed = int.Parse(Environment.GetEnvironmentVariable("EDGECACHE_SEED") ?? "20261122", CultureInfo.InvariantCulture);
        var duration = TimeSpan.FromSeconds(int.Parse(Environment.GetEnvironmentVariable("EDGECACHE_HISTORY_SECONDS") ?? "40", CultureInfo.InvariantCulture));
        var random = new Random(seed);
        await using var deployment = await HistoryDeployment.StartAsync(seed, Cancellation);
        using var client = new HistoryClient();
        foreach (var bucket in Buckets)
        {
            await client.CreateBucketAsync(deployment.Origins[bucket.Region].Endpoints.S3, bucket, Cancellation);
            if (bucket.IsStrong)
            {
                await deployment.MakeStrongAsync(bucket.Name, Cancellation);
            }
        }

        await LiveAsync(deployment);
        var keys = Buckets.SelectMany(b => Enumerable.Range(1, b.IsStrong ? StrongKeys : FeedKeys).Select(n => new HistoryKey(b, n, new Random(random.Next())))).ToArray();
        var faults = new HistoryFaults(deployment, new Random(random.Next()));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        stop.CancelAfter(duration);
        Task[] running =
        [
            faults.RunAsync(stop.Token, Cancellation),
            .. Writers(keys).Select(own => WriteAsync(deployment, client, own, new Random(random.Next()), stop.Token)),
            .. Enumerable.Range(0, deployment.Edges.Count * ReadersPerEdge).Select(r => ReadAsync(deployment, client, r % deployment.Edges.Count, keys, new Random(random.Next()), stop.Token)),
        ];
        await Task.WhenAll(running);
        await LiveAsync(deployment);
        await ReadAllAsync(deployment, client, keys);
        Judge(keys, client, faults, seed, duration);
    }

    /// <summary>A key of a feed bucket has one writer; those of a strong one have two, which race.</summary>
    private static IEnumerable<HistoryKey[]> Writers(HistoryKey[] keys) => Buckets.SelectMany(bucket =>
    {
        var own = keys.Where(k => k.Bucket == bucket).ToArray();
        return bucket.IsStrong ? new[] { own, own } : own.Chunk(own.Length / 2);
    });

    private static async Task WriteAsync(HistoryDeployment deployment, HistoryClient client, HistoryKey[] keys, Random random, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var key = keys[random.Next(keys.Length)];
            var through = random.Next(deployment.Edges.Count + 1);
            var endpoint = through == deployment.Edges.Count ? deployment.Origins[key.Bucket.Region].Endpoints.S3 : deployment.Edges[through].Endpoints.S3;
            _ = random.Next(6) == 0
                ? await client.DeleteAsync(endpoint, key, Cancellation)
                : await client.PutAsync(endpoint, key, random.Next(2) == 0, Cancellation);

            // Now and then a key rests long enough for edges to hold it.
            await Task.Delay(random.Next(20, 400), Cancellation);
        }
    }

    private async Task ReadAsync(HistoryDeployment deployment, HistoryClient client, int edge, HistoryKey[] keys, Random random, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var key = keys[random.Next(keys.Length)];
            var (isHead, range) = random.Next(5) switch { 0 => (true, (long?)null), 1 or 2 => (false, random.Next(4) == 0 ? random.Next(4_000_000) : random.Next(60_000)), _ => (false, null) };
            var cache = await client.ReadAsync(deployment.Edges[edge].Endpoints.S3, HistoryDeployment.EdgeName(edge), key, isHead, range, Cancellation);
            lock (_answers)
            {
                var name = cache ?? "no answer";
                _answers[name] = _answers.GetValueOrDefault(name) + 1;
            }

            if (cache is null)
            {
                await Task.Delay(random.Next(5, 50), Cancellation); // an edge that is away refuses at once
            }
        }
    }

    /// <summary>Once nothing disturbs them, all edges say what the region says.</summary>
    private static async Task ReadAllAsync(HistoryDeployment deployment, HistoryClient client, HistoryKey[] keys)
    {
        foreach (var key in keys)
        {
            Assert.NotNull(await client.ReadAsync(deployment.Origins[key.Bucket.Region].Endpoints.S3, "origin", key, isHead: false, range: null, Cancellation));
            for (var edge = 0; edge < deployment.Edges.Count; edge++)
            {
                Assert.NotNull(await client.ReadAsync(deployment.Edges[edge].Endpoints.S3, "finally " + HistoryDeployment.EdgeName(edge), key, isHead: false, range: null, Cancellation));
            }

            var last = key.History().Reads.TakeLast(deployment.Edges.Count + 1).ToList();
            Assert.All(last, r => Assert.Equal((last[0].Write, last[0].ETag, last[0].Marker), (r.Write, r.ETag, r.Marker)));
        }
    }

    private static async Task LiveAsync(HistoryDeployment deployment)
    {
        foreach (var edge in deployment.Edges)
        {
            while (await PrometheusMetrics.SumAsync([edge.Endpoints.Admin + "/metrics"], "edgecache_edge_feed_live", Cancellation) < 3)
            {
                await Task.Delay(20, Cancellation);
            }
        }
    }

    private void Judge(HistoryKey[] keys, HistoryClient client, HistoryFaults faults, int seed, TimeSpan duration)
    {
        var (staleness, ages) = (new StalenessChecker(Bound, HistoryDeployment.MaxStaleness), new StalenessDistribution());
        var violations = new List<Violation>(client.Faults);
        foreach (var history in keys.Select(static k => k.History()))
        {
            violations.AddRange(staleness.Check(
                history, (read, age) => ages.Add((history.IsStrong ? "strong bucket" : read.Stale is null ? "followed by the feed" : "marked as stale"), age)));
            violations.AddRange(history.IsStrong ? RegisterChecker.Check(history) : []);
        }

        var histories = keys.Select(static k => k.History()).ToList();
        var report = new StringBuilder()
            .Append(CultureInfo.InvariantCulture, $"seed {seed}, {duration.TotalSeconds:0} s: {histories.Sum(static h => h.Writes.Count)} writes ({histories.Sum(static h => h.Writes.Count(static w => w.End is null))} of unknown outcome), ")
            .AppendLine(CultureInfo.InvariantCulture, $"{histories.Sum(static h => h.Reads.Count)} reads of {keys.Length} keys; answers: {string.Join(", ", _answers.Select(static a => $"{a.Value} {a.Key}"))}")
            .AppendLine(CultureInfo.InvariantCulture, $"faults: {faults.Done}")
            .Append(ages)
            .ToString();
        TestContext.Current.SendDiagnosticMessage(report);
        if (Environment.GetEnvironmentVariable("EDGECACHE_HISTORY_REPORT") is { Length: > 0 } path)
        {
            File.WriteAllText(path, report);
        }

        Assert.True(violations.Count == 0, $"{violations.Count} violations\n{report}\n{string.Join('\n', violations.Take(20))}");
        Assert.True(histories.Sum(static h => h.Reads.Count) > MinReads && _answers.GetValueOrDefault("HIT") > 0 && faults.Count("kills") + faults.Count("orderly restarts") > 0, report);
    }
}
