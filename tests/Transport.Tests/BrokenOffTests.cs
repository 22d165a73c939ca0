using EdgeCache.Testing;

namespace EdgeCache.Transport.Tests;

/// <summary>Answers that end before their end, and what is left of them: nothing.</summary>
public sealed class BrokenOffTests
{
    /// <summary>More than both kernels' buffers hold.</summary>
    private const int Large = 32 << 20;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_file_that_is_too_short_breaks_the_connection_off()
    {
        using var file = new TestFile(1 << 20, seed: 1);
        await using var server = await TestServer.StartAsync(file.ServeAsync);
        using var client = await RawClient.ConnectAsync(server.EndPoint);
        using (var writable = File.OpenHandle(file.Path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            RandomAccess.SetLength(writable, 500_000);
        }

        await client.GetAsync();

        Assert.InRange(await client.ReadToEndAsync(), 0, file.Bytes.Length - 1);
        await UntilAsync(() => server.Transport!.Connections == 0);
        Assert.Equal(FileRegionFault.Truncated, file.Fault);
        Assert.False(file.IsComplete);
    }

    [Fact]
    public async Task A_client_that_leaves_within_a_region_ends_the_flush()
    {
        using var file = new TestFile(Large, seed: 2) { RegionLength = Large };
        await using var server = await TestServer.StartAsync(file.ServeAsync);
        var client = await RawClient.ConnectAsync(server.EndPoint, receiveBuffer: 4096);
        await client.GetAsync();
        await client.ReadHeadAsync();

        client.Reset();

        await UntilAsync(() => server.Transport!.Connections == 0);
        Assert.False(file.IsComplete);
        Assert.Equal(FileRegionFault.None, file.Fault);
    }

    [Fact]
    public async Task A_client_that_leaves_before_the_answer_is_noticed_while_the_handler_waits()
    {
        var serving = new TaskCompletionSource();
        var noticed = new TaskCompletionSource();
        await using var server = await TestServer.StartAsync(async context =>
        {
            using var registration = context.RequestAborted.Register(noticed.SetResult);
            serving.SetResult();
            await noticed.Task;
        });
        var client = await RawClient.ConnectAsync(server.EndPoint);
        await client.GetAsync();
        await serving.Task.WaitAsync(Patience, Cancellation);

        client.Dispose();

        await noticed.Task.WaitAsync(Patience, Cancellation);
        await UntilAsync(() => server.Transport!.Connections == 0);
    }

    [Fact]
    public async Task A_handler_that_aborts_after_a_region_leaves_a_short_body()
    {
        using var file = new TestFile(1 << 20, seed: 3);
        await using var server = await TestServer.StartAsync(async context =>
        {
            context.Response.ContentLength = file.Bytes.Length;
            await context.Response.StartAsync();
            await FileRegions.SenderOf(context)!.SendAsync(context.Response.BodyWriter, file.Handle, 0, 100_000, broken: null, Cancellation);
            context.Abort();
        });
        using var client = await RawClient.ConnectAsync(server.EndPoint);

        await client.GetAsync();

        Assert.InRange(await client.ReadToEndAsync(), 0, 101_000);
        await UntilAsync(() => server.Transport!.Connections == 0);
    }

    [Fact]
    public async Task A_flush_that_is_cancelled_while_it_waits_breaks_the_connection_off()
    {
        using var file = new TestFile(Large, seed: 4);
        using var cancel = new CancellationTokenSource();
        var ended = new TaskCompletionSource<Exception?>();
        await using var server = await TestServer.StartAsync(async context =>
        {
            context.Response.ContentLength = file.Bytes.Length;
            await context.Response.StartAsync();
            var flushing = FileRegions.SenderOf(context)!.SendAsync(context.Response.BodyWriter, file.Handle, 0, Large, broken: null, cancel.Token);
            ended.SetResult(await Record.ExceptionAsync(async () => await flushing));
        });
        using var client = await RawClient.ConnectAsync(server.EndPoint, receiveBuffer: 4096);
        await client.GetAsync();
        await client.ReadHeadAsync();

        await cancel.CancelAsync();

        Assert.IsType<OperationCanceledException>(await ended.Task.WaitAsync(Patience, Cancellation), exactMatch: false);
        Assert.InRange(await client.ReadToEndAsync(), 0, Large - 1);
        await UntilAsync(() => server.Transport!.Connections == 0);
    }

    [Fact]
    public async Task A_client_that_takes_nothing_is_cut_off_by_the_clock_alone()
    {
        using var file = new TestFile(Large, seed: 5) { RegionLength = Large };
        var time = new ManualTimeProvider();
        var options = new TransportOptions { SendStallTimeout = TimeSpan.FromSeconds(20) };
        await using var server = await TestServer.StartAsync(file.ServeAsync, options: options, time: time);
        using var client = await RawClient.ConnectAsync(server.EndPoint, receiveBuffer: 4096);
        await client.GetAsync();
        await client.ReadHeadAsync();

        // However fast the clock goes, it is cut off only after it was seen to stand still for as long.
        await UntilAsync(() =>
        {
            time.Advance(TimeSpan.FromSeconds(1));
            return server.Transport!.Connections == 0;
        });

        Assert.True(time.GetUtcNow() - new ManualTimeProvider().GetUtcNow() >= options.SendStallTimeout);
        Assert.False(file.IsComplete);
    }

    [Fact]
    public async Task A_slow_client_that_takes_some_bytes_all_the_time_gets_them_all()
    {
        const int Piece = 256 << 10;
        using var file = new TestFile(Large, seed: 6) { RegionLength = Large };
        var time = new ManualTimeProvider();
        var options = new TransportOptions { SendStallTimeout = TimeSpan.FromSeconds(20), RegionTimeout = TimeSpan.FromDays(1) };
        await using var server = await TestServer.StartAsync(file.ServeAsync, options: options, time: time);
        using var client = await RawClient.ConnectAsync(server.EndPoint, receiveBuffer: 4096);
        await client.GetAsync();
        await client.ReadHeadAsync();

        for (var at = 0; at < Large; at += Piece)
        {
            Assert.Equal(file.Bytes[at..(at + Piece)], await client.ReadAsync(Piece));
            time.Advance(TimeSpan.FromSeconds(10));
        }

        await UntilAsync(() => file.IsComplete);
    }

    [Fact]
    public async Task A_region_that_takes_too_long_is_cut_off_though_some_bytes_are_taken()
    {
        using var file = new TestFile(Large, seed: 7) { RegionLength = Large };
        var time = new ManualTimeProvider();
        var options = new TransportOptions { SendStallTimeout = TimeSpan.FromMinutes(10), RegionTimeout = TimeSpan.FromSeconds(30) };
        await using var server = await TestServer.StartAsync(file.ServeAsync, options: options, time: time);
        using var client = await RawClient.ConnectAsync(server.EndPoint, receiveBuffer: 4096);
        await client.GetAsync();
        await client.ReadHeadAsync();

        await UntilAsync(() =>
        {
            time.Advance(TimeSpan.FromSeconds(1));
            return server.Transport!.Connections == 0;
        });

        Assert.InRange(await client.ReadToEndAsync(), 0, Large - 1);
    }

    [Fact]
    public async Task A_region_is_advanced_as_it_was_announced_or_not_at_all()
    {
        using var file = new TestFile(1000, seed: 8);
        var thrown = new List<Exception?>();
        await using var server = await TestServer.StartAsync(async context =>
        {
            context.Response.ContentLength = 1000;
            await context.Response.StartAsync();
            var (sender, body) = (FileRegions.SenderOf(context)!, context.Response.BodyWriter);
            body.GetMemory(1);
            sender.Announce(file.Handle, 0, 1000);
            thrown.Add(Record.Exception(() => sender.Announce(file.Handle, 0, 1)));
            thrown.Add(Record.Exception(() => body.Advance(999)));
            context.Abort();
        });
        using var client = await RawClient.ConnectAsync(server.EndPoint);
        await client.GetAsync();
        await client.ReadToEndAsync();

        Assert.All(thrown, static e => Assert.IsType<InvalidOperationException>(e));
        Assert.Equal(2, thrown.Count);
    }

    [Fact]
    public async Task Nothing_is_left_of_connections_that_ended_in_all_sorts_of_ways()
    {
        using var file = new TestFile(Large, seed: 9) { RegionLength = 1 << 20 };
        await using var server = await TestServer.StartAsync(file.ServeAsync);
        for (var i = 0; i < 100; i++)
        {
            var client = await RawClient.ConnectAsync(server.EndPoint, receiveBuffer: 4096);
            if (i % 5 > 0)
            {
                await client.SendAsync(i % 5 == 1 ? "GET / HT" : "GET / HTTP/1.1\r\nHost: test\r\n\r\n");
            }

            if (i % 5 > 2)
            {
                await client.ReadAsync(i * 1000);
            }

            if (i % 2 == 0)
            {
                client.Reset();
            }
            else
            {
                client.Dispose();
            }
        }

        await UntilAsync(() => server.Transport!.Connections == 0);

        // Of the file only the test's own handle, of the sockets only those that listen.
        await UntilAsync(() => OpenHandles(file.Path) == 1);
        Assert.Equal(0, SocketsOf(server.EndPoint.Port));
    }

    internal static async Task UntilAsync(Func<bool> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(Patience);
        while (!condition())
        {
            limit.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private static int OpenHandles(string path) =>
        new DirectoryInfo("/proc/self/fd").GetFiles().Count(handle => handle.LinkTarget == path);

    /// <summary>This machine's connections that a process holds open at a port of the server's, as the kernel lists them.</summary>
    private static int SocketsOf(int port)
    {
        var owned = new DirectoryInfo("/proc/self/fd").GetFiles().Select(static handle => handle.LinkTarget).ToHashSet();
        return File.ReadLines("/proc/net/tcp").Skip(1).Select(static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Count(fields => fields[1].EndsWith($":{port:X4}", StringComparison.Ordinal) && fields[3] != "0A" && owned.Contains($"socket:[{fields[9]}]"));
    }
}
