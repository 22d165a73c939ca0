using EdgeCache.Edge.Storage;
using EdgeCache.Edge.Storage.Nvme;
using EdgeCache.Edge.Tests.Storage.Nvme;
using EdgeCache.Testing;
using Microsoft.Extensions.Logging;

namespace EdgeCache.Edge.Tests.Storage;

public sealed class DriveTests : IDisposable
{
    private const int Seed = 7, Chunks = 60, Length = 40_000;
    private const byte Reader = 1;

    private readonly TempDirectory _directory = new();
    private readonly ManualTimeProvider _time = new();
    private readonly RecordingLogger _log = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_drive_that_is_added_takes_its_share_and_moves_nothing_between_the_others()
    {
        await using var two = await OpenAsync(Options("a"), Options("b"));
        var before = Homes(two);
        await two.DisposeAsync();
        await using var three = await OpenAsync(Options("c"), Options("b"), Options("a"));
        var after = Homes(three);

        Assert.All(before.Zip(after), pair => Assert.True(pair.First == pair.Second || pair.Second.EndsWith("/c", StringComparison.Ordinal)));
        foreach (var drive in three.Drives)
            Assert.InRange(after.Count(home => home == drive.Name), after.Count / 4, after.Count * 5 / 12);
    }

    [Fact]
    public async Task Chunks_are_spread_over_the_drives_and_found_again_after_a_restart()
    {
        await using (var cache = await OpenAsync(Options("a"), Options("b")))
        {
            await StoreAllAsync(cache);
            var homes = Homes(cache);
            Assert.All(cache.Drives, drive => Assert.Equal(homes.Take(Chunks).Count(home => home == drive.Name), drive.Statistics.LiveChunks));
        }

        await using var again = await OpenAsync(Options("b"), Options("a"));
        for (var number = 0; number < Chunks; number++)
            await VerifyAsync(again, number);
    }

    [Fact]
    public async Task A_drive_that_cannot_be_opened_loses_only_its_share_and_comes_back_without_a_restart()
    {
        var absent = Options("b") with { CreateDirectory = false };
        await using var cache = await OpenAsync(Options("a"), absent);
        await StoreAllAsync(cache);

        Assert.False(cache.Drives[1].IsPresent);
        Assert.Equal(Chunks, cache.Drives[0].Statistics.LiveChunks);
        Assert.Contains(_log.Messages, message => message.Contains("cannot be used", StringComparison.Ordinal));
        Assert.False(Directory.Exists(absent.Directory));

        Directory.CreateDirectory(absent.Directory);
        await WhenAsync(() => cache.Drives[1].TakesAppends);
        var number = Chunks;
        while (cache.HomeOf(TestChunks.Id(Seed, number)) != cache.Drives[1])
            number++;
        await StoreAsync(cache, number);
        Assert.Equal(1, cache.Drives[1].Statistics.LiveChunks);
    }

    [Fact]
    public async Task A_cache_none_of_whose_drives_can_be_opened_says_so()
    {
        var error = await Assert.ThrowsAsync<IOException>(() => OpenAsync(Options("a") with { CreateDirectory = false }, Options("b") with { CreateDirectory = false }));
        Assert.Contains("/a", error.Message, StringComparison.Ordinal);
        Assert.Contains("/b", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task While_a_drive_refuses_writes_its_share_goes_to_the_next_one_and_it_is_read_on()
    {
        var plan = new FaultPlan(1);
        await using var cache = await OpenAsync(Options("a"), Options("b").WithDevice(plan.Wrap));
        await StoreAllAsync(cache);
        var held = cache.Drives[1].Statistics.LiveChunks;

        plan.Always = DeviceFault.IoError;
        for (var number = Chunks; number < 2 * Chunks; number++)
            await StoreAsync(cache, number);

        await WhenAsync(() => !cache.Drives[1].TakesAppends, advance: false);
        Assert.True(cache.Drives[1].IsPresent);
        Assert.Equal(held, cache.Drives[1].Statistics.LiveChunks);
        for (var number = 0; number < 2 * Chunks; number++)
            await VerifyAsync(cache, number);

        plan.Always = DeviceFault.None;
        await WhenAsync(() => cache.Drives[1].TakesAppends);
        for (var number = 2 * Chunks; number < 3 * Chunks; number++)
            await StoreAsync(cache, number);
        Assert.True(cache.Drives[1].Statistics.LiveChunks > held);
    }

    [Fact]
    public async Task A_drive_that_fails_everything_is_closed_and_its_chunks_are_stored_elsewhere_until_it_is_back()
    {
        var plan = new FaultPlan(1);
        var dead = false;
        await using var cache = await OpenAsync(Options("a"), Options("b").WithDevice(plan.Wrap) with { FailRead = () => Volatile.Read(ref dead) });
        await StoreAllAsync(cache);
        var held = cache.Drives[1].Statistics.LiveChunks;

        Volatile.Write(ref dead, true);
        plan.Always = DeviceFault.IoError;
        var lost = 0;
        for (var number = 0; number < Chunks; number++)
        {
            if (await ReadAsync(cache, number))
                continue;

            lost++;
            await StoreAsync(cache, number);
            await VerifyAsync(cache, number);
        }

        Assert.Equal(held, lost);
        Assert.False(cache.Drives[1].IsPresent);
        Assert.Equal(Drive.MaxFailedReads, cache.Drives[1].Statistics.ReadFailures);
        Assert.Equal(0, cache.Statistics.ChecksumFailures);
        await WhenAsync(() => _log.Messages.Any(static message => message.Contains("is lost: its reads fail", StringComparison.Ordinal)));

        Volatile.Write(ref dead, false);
        plan.Always = DeviceFault.None;
        await WhenAsync(() => cache.Drives[1].TakesAppends);
        Assert.Equal(held, cache.Drives[1].Statistics.LiveChunks);
        for (var number = 0; number < Chunks; number++)
            await VerifyAsync(cache, number);
    }

    [Fact]
    public async Task A_drive_whose_directory_vanished_is_closed_and_used_again_once_there_is_one()
    {
        await using var cache = await OpenAsync(Options("a"), Options("b") with { CreateDirectory = false });
        Directory.CreateDirectory(Options("b").Directory);
        await WhenAsync(() => cache.Drives[1].TakesAppends);
        await StoreAllAsync(cache);

        Directory.Delete(Options("b").Directory, recursive: true);
        await WhenAsync(() => !cache.Drives[1].IsPresent);
        await StoreAllAsync(cache);
        Assert.Equal(Chunks, cache.Drives[0].Statistics.LiveChunks);

        Directory.CreateDirectory(Options("b").Directory);
        await WhenAsync(() => cache.Drives[1].TakesAppends);
        Assert.Equal(0, cache.Drives[1].Statistics.LiveChunks);
        for (var number = 0; number < Chunks; number++)
            await VerifyAsync(cache, number);
    }

    private static List<string> Homes(ChunkCache cache) => [.. Enumerable.Range(0, 3000).Select(number => cache.HomeOf(TestChunks.Id(Seed, number)).Name)];

    private static async Task StoreAllAsync(ChunkCache cache)
    {
        for (var number = 0; number < Chunks; number++)
            await StoreAsync(cache, number);
    }

    private static async Task StoreAsync(ChunkCache cache, int number)
    {
        var bytes = TestChunks.Bytes(Seed, number, Length);
        Assert.True(await cache.AppendAsync(new Origination("acme", Reader, Shared: false), TestChunks.Id(Seed, number), bytes, Cancellation), $"append {number}");
    }

    private static async Task VerifyAsync(ChunkCache cache, int number) => Assert.True(await ReadAsync(cache, number), $"chunk {number}");

    private static async Task<bool> ReadAsync(ChunkCache cache, int number)
    {
        if (!cache.TryGet(TestChunks.Id(Seed, number), Reader, out var lease))
            return false;

        using (lease)
        {
            var actual = new byte[Length];
            if (!await lease.ReadAsync(0, actual, Cancellation))
                return false;

            Assert.True(actual.AsSpan().SequenceEqual(TestChunks.Bytes(Seed, number, Length)), $"chunk {number} has other bytes");
            return true;
        }
    }

    private ChunkStoreOptions Options(string drive) => TestChunks.Options(Path.Combine(_directory.Path, drive));

    private Task<ChunkCache> OpenAsync(params ChunkStoreOptions[] drives)
    {
        var loggers = LoggerFactory.Create(logging => logging.AddProvider(new OneLogger(_log)));
        return ChunkCache.OpenAsync(new ChunkCacheOptions { Drives = drives }, _time, loggers, null, Cancellation);
    }

    // Drives wait on the manual clock: it is moved until the condition holds.
    private async Task WhenAsync(Func<bool> condition, bool advance = true)
    {
        while (!condition())
        {
            Cancellation.ThrowIfCancellationRequested();
            if (advance && _time.ArmedTimers > 0)
                _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
    }

    private sealed class OneLogger(ILogger logger) : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => logger;

        public void Dispose()
        {
        }
    }
}
