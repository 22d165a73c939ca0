using System.Net;
using EdgeCache.Edge.Storage.Nvme;
using EdgeCache.Edge.Tests.Peers;
using EdgeCache.Edge.Tests.Pipeline;
using EdgeCache.Testing;
using Microsoft.AspNetCore.Http;

namespace EdgeCache.Edge.Tests.Filling;

public sealed class FillTests
{
    private const int Size = 2 * ChunkGeometry.PayloadSize;
    private const int Seed = 7;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Sixty_four_readers_of_a_cold_object_cost_one_request_per_chunk()
    {
        await using var cluster = await EdgeCluster.StartAsync();
        cluster.Ord.Put(EdgeCluster.Bucket, "a", ByteStreams.Content(Seed, Size));
        await cluster.CaughtUpAsync();
        const int from = ChunkGeometry.PayloadSize - 10_000;
        var gate = new TaskCompletionSource();
        cluster.Ord.OnRange = async (_, _) =>
        {
            await gate.Task;
            return false;
        };
        var readers = Enumerable.Range(0, 64).Select(_ => cluster.ReadAsync("a", $"bytes={from}-{from + 19_999}")).ToArray();
        while (cluster.Edge.Parts.Fills.Joined < 63)
        {
            Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        gate.SetResult();
        foreach (var bytes in await Task.WhenAll(readers))
        {
            Assert.Equal(20_000, bytes.Length);
            Assert.Equal(-1, ByteStreams.FirstDifference(Seed, from, bytes));
        }

        Assert.Equal(2, cluster.Ord.Ranges.Count);
    }

    [Fact]
    public async Task Bytes_reach_every_waiter_as_they_arrive()
    {
        await using var cluster = await EdgeCluster.StartAsync();
        cluster.Ord.Put(EdgeCluster.Bucket, "a", ByteStreams.Content(Seed, 100_000));
        await cluster.CaughtUpAsync();
        var rest = new TaskCompletionSource();
        cluster.Ord.OnRange = async (context, range) =>
        {
            await cluster.Ord.SendAsync(context, range, limit: 1000);
            await rest.Task;
            await cluster.Ord.SendAsync(context, range with { From = range.From + 1000 });
            return true;
        };
        using var first = await cluster.GetAsync("a");
        using var second = await cluster.GetAsync("a");
        var streams = new[] { await first.Content.ReadAsStreamAsync(Token), await second.Content.ReadAsStreamAsync(Token) };
        var early = new byte[1000];
        foreach (var stream in streams)
        {
            await stream.ReadExactlyAsync(early, Token);
            Assert.Equal(-1, ByteStreams.FirstDifference(Seed, 0, early));
        }

        Assert.Equal("LGA1; fwd=uri-miss; stored; collapsed; detail=cold", second.Headers.GetValues("Cache-Status").Single());
        rest.SetResult();
        foreach (var stream in streams)
        {
            var late = new byte[99_000];
            await stream.ReadExactlyAsync(late, Token);
            Assert.Equal(-1, ByteStreams.FirstDifference(Seed, 1000, late));
        }

        Assert.Single(cluster.Ord.Ranges);
    }

    [Fact]
    public async Task A_reader_that_leaves_cancels_nothing()
    {
        await using var cluster = await EdgeCluster.StartAsync();
        cluster.Ord.Put(EdgeCluster.Bucket, "a", ByteStreams.Content(Seed, 100_000));
        await cluster.CaughtUpAsync();
        var rest = new TaskCompletionSource();
        cluster.Ord.OnRange = async (context, range) =>
        {
            await cluster.Ord.SendAsync(context, range, limit: 1000);
            await rest.Task;
            await cluster.Ord.SendAsync(context, range with { From = range.From + 1000 });
            return true;
        };
        var leaver = await cluster.GetAsync("a");
        await (await leaver.Content.ReadAsStreamAsync(Token)).ReadExactlyAsync(new byte[1], Token);
        using var stayer = await cluster.GetAsync("a");
        leaver.Dispose();
        rest.SetResult();
        Assert.Equal(-1, ByteStreams.FirstDifference(Seed, 0, await stayer.Content.ReadAsByteArrayAsync(Token)));
        await ObjectReadTests.StoredAsync(cluster);
        using var later = await cluster.GetAsync("a");
        Assert.Equal("HIT", later.Headers.GetValues("x-cache").Single());
        Assert.Single(cluster.Ord.Ranges);
    }

    [Fact]
    public async Task An_upstream_that_breaks_off_is_asked_for_the_rest()
    {
        await using var cluster = await EdgeCluster.StartAsync();
        cluster.Ord.Put(EdgeCluster.Bucket, "a", ByteStreams.Content(Seed, 100_000));
        await cluster.CaughtUpAsync();
        var attempts = 0;
        cluster.Ord.OnRange = async (context, range) =>
        {
            if (Interlocked.Increment(ref attempts) > 1)
            {
                return false;
            }

            await cluster.Ord.SendAsync(context, range, limit: 1000);
            context.Abort();
            return true;
        };
        var bytes = await cluster.ReadAsync("a");
        Assert.Equal(100_000, bytes.Length);
        Assert.Equal(-1, ByteStreams.FirstDifference(Seed, 0, bytes));
        Assert.Equal(2, attempts);
        Assert.All(cluster.Ord.Ranges.Skip(1), static r => Assert.InRange(r.From, 0, 1000));
    }

    [Fact]
    public async Task An_upstream_that_falls_silent_is_replaced()
    {
        await using var cluster = await EdgeCluster.StartAsync();
        cluster.Ord.Put(EdgeCluster.Bucket, "a", ByteStreams.Content(Seed, 100_000));
        await cluster.CaughtUpAsync();
        var attempts = 0;
        cluster.Ord.OnRange = async (context, range) =>
        {
            if (Interlocked.Increment(ref attempts) > 1)
            {
                return false;
            }

            await cluster.Ord.SendAsync(context, range, limit: 1000);
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return true;
        };
        using var response = await cluster.GetAsync("a");
        var stream = await response.Content.ReadAsStreamAsync(Token);
        await stream.ReadExactlyAsync(new byte[1000], Token);
        cluster.Time.Advance(TimeSpan.FromSeconds(11));
        var rest = new byte[99_000];
        await stream.ReadExactlyAsync(rest, Token);
        Assert.Equal(-1, ByteStreams.FirstDifference(Seed, 1000, rest));
        Assert.Equal([0L, 1000L], cluster.Ord.Ranges.Select(static r => r.From));
    }

    [Fact]
    public async Task An_origin_that_never_delivers_ends_in_an_error_before_the_head_and_a_break_after_it()
    {
        await using var cluster = await EdgeCluster.StartAsync(static s => s["Edge:Fill:MaxAttempts"] = "2");
        cluster.Ord.Put(EdgeCluster.Bucket, "a", ByteStreams.Content(Seed, 100_000));
        await cluster.CaughtUpAsync();
        cluster.Ord.OnRange = static (context, _) =>
        {
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
            return Task.FromResult(true);
        };
        using var refused = await cluster.GetAsync("a");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Equal("1", refused.Headers.RetryAfter!.ToString());
        Assert.Contains("<Code>ServiceUnavailable</Code>", await refused.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);

        var headSeen = new TaskCompletionSource();
        cluster.Ord.OnRange = async (context, range) =>
        {
            if (range.From > 0)
            {
                context.Response.StatusCode = StatusCodes.Status500InternalServerError;
                return true;
            }

            await cluster.Ord.SendAsync(context, range, limit: 1000);
            await headSeen.Task;
            context.Abort();
            return true;
        };
        using var broken = await cluster.GetAsync("a");
        Assert.Equal(HttpStatusCode.OK, broken.StatusCode);
        headSeen.SetResult();
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => broken.Content.ReadAsByteArrayAsync(Token));
    }

    [Fact]
    public async Task An_overwrite_during_a_read_never_mixes_versions()
    {
        await using var cluster = await EdgeCluster.StartAsync(static s => s["Edge:Fill:MaxReadAhead"] = "0");
        cluster.Ord.Put(EdgeCluster.Bucket, "a", ByteStreams.Content(1, Size));
        await cluster.CaughtUpAsync();
        var overwritten = false;
        cluster.Ord.OnRange = (_, range) =>
        {
            if (range.From > 0 && !overwritten)
            {
                overwritten = true;
                cluster.Ord.Put(EdgeCluster.Bucket, "a", ByteStreams.Content(2, Size));
            }

            return Task.FromResult(false);
        };
        using var old = await cluster.GetAsync("a");
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => old.Content.ReadAsByteArrayAsync(Token));
        await cluster.CaughtUpAsync();
        Assert.Equal(-1, ByteStreams.FirstDifference(2, 0, await cluster.ReadAsync("a")));
    }

    [Fact]
    public async Task A_version_that_is_gone_before_the_first_byte_is_resolved_again()
    {
        await using var cluster = await EdgeCluster.StartAsync();
        cluster.Ord.Put(EdgeCluster.Bucket, "a", ByteStreams.Content(1, 1000));
        await cluster.CaughtUpAsync();
        using (await cluster.SendAsync(cluster.Request(HttpMethod.Head, "/models/a")))
        {
            // The mapping is cached now; the overwrite is not told to the edge.
        }

        cluster.Ord.Put(EdgeCluster.Bucket, "a", ByteStreams.Content(2, 1000), publish: false);
        Assert.Equal(-1, ByteStreams.FirstDifference(2, 0, await cluster.ReadAsync("a")));
        Assert.Equal(2, cluster.Ord.Ranges.Select(static r => r.Generation).Distinct().Count());
    }

    [Fact]
    public async Task A_damaged_chunk_is_fetched_again_and_the_request_succeeds()
    {
        await using var cluster = await EdgeCluster.StartAsync();
        cluster.Ord.Put(EdgeCluster.Bucket, "a", ByteStreams.Content(Seed, 100_000));
        await cluster.CaughtUpAsync();
        await cluster.ReadAsync("a");
        await ObjectReadTests.StoredAsync(cluster);
        cluster.DamageStoredBytes(ByteStreams.Content(Seed, 0, 64));
        Assert.Equal(-1, ByteStreams.FirstDifference(Seed, 0, await cluster.ReadAsync("a")));
        Assert.Equal(2, cluster.Ord.Ranges.Count);
    }

    [Fact]
    public async Task A_client_that_does_not_read_holds_no_fill()
    {
        await using var cluster = await EdgeCluster.StartAsync();
        const int size = 4 * ChunkGeometry.PayloadSize;
        cluster.Ord.Put(EdgeCluster.Bucket, "a", ByteStreams.Content(Seed, size));
        await cluster.CaughtUpAsync();
        using var slow = await cluster.GetAsync("a");
        var stream = await slow.Content.ReadAsStreamAsync(Token);
        await stream.ReadExactlyAsync(new byte[1], Token);

        // The client reads no further; all that was begun for it ends nevertheless, and others are served.
        await ObjectReadTests.StoredAsync(cluster);
        Assert.Equal(0, cluster.Edge.Parts.Buffers.Outstanding);
        Assert.Equal(-1, ByteStreams.FirstDifference(Seed, 0, await cluster.ReadAsync("a")));
    }

    [Fact]
    public async Task What_the_store_does_not_take_still_reaches_those_who_wait()
    {
        await using var cluster = await EdgeCluster.StartAsync();
        cluster.Ord.Put(EdgeCluster.Bucket, "a", ByteStreams.Content(Seed, Size));
        await cluster.CaughtUpAsync();
        await cluster.Edge.Parts.Store.DisposeAsync();
        for (var i = 0; i < 2; i++)
        {
            using var response = await cluster.GetAsync("a");
            Assert.Equal("MISS", response.Headers.GetValues("x-cache").Single());
            Assert.Equal(-1, ByteStreams.FirstDifference(Seed, 0, await response.Content.ReadAsByteArrayAsync(Token)));
            await ObjectReadTests.StoredAsync(cluster);
        }

        Assert.Equal(4, cluster.Ord.Ranges.Count);
        Assert.Equal(0, cluster.Edge.Parts.Buffers.Outstanding);
    }

    [Fact]
    public async Task A_fill_that_nobody_waits_for_is_abandoned_in_the_queue()
    {
        await using var cluster = await EdgeCluster.StartAsync(static s => (s["Edge:Fill:MaxActive"], s["Edge:Fill:MaxHeadstarts"]) = ("1", "0"));
        cluster.Ord.Put(EdgeCluster.Bucket, "first", ByteStreams.Content(1, 1000));
        cluster.Ord.Put(EdgeCluster.Bucket, "second", ByteStreams.Content(2, 1000));
        await cluster.CaughtUpAsync();
        var begun = new TaskCompletionSource();
        var gate = new TaskCompletionSource();
        cluster.Ord.OnRange = async (_, _) =>
        {
            begun.TrySetResult();
            await gate.Task;
            return false;
        };
        var first = cluster.ReadAsync("first");
        await begun.Task.WaitAsync(Token);
        using var impatience = new CancellationTokenSource();
        var second = cluster.Client.SendAsync(cluster.Request(HttpMethod.Get, "/models/second"), impatience.Token);
        while (cluster.Edge.Parts.Fills.Count < 2)
        {
            Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        await impatience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        while (cluster.Edge.Parts.Fills.Count > 1)
        {
            Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        gate.SetResult();
        Assert.Equal(-1, ByteStreams.FirstDifference(1, 0, await first));
        Assert.Equal("first", Assert.Single(cluster.Ord.Ranges).Key);
    }
}
