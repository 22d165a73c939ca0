using EdgeCache.Edge.Storage.Memory;
using EdgeCache.Edge.Storage.Nvme;
using EdgeCache.Edge.Tests.Storage.Nvme;
using EdgeCache.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeCache.Edge.Tests.Storage.Memory;

public sealed class MetadataLogTests : IDisposable
{
    private readonly TempDirectory directory = new();
    private readonly ManualTimeProvider time = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private FasterHybridCacheOptions Options => new()
    {
        Directory = directory.Path,
        DiskCapacity = FasterHybridCacheOptions.MinimumDiskCapacity,
        Durability = Durability.Flushed,
    };

    public void Dispose() => directory.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_model_and_the_log_agree_through_restarts_and_turnover(int seed)
    {
        var random = new Random(seed);
        var model = new Dictionary<string, byte[]>();
        var logger = new RecordingLogger();
        for (var restart = 0; restart < 4; restart++)
        {
            var clock = new InvalidationClock();
            await using var log = await MetadataLog.OpenAsync(Options, clock, time, logger);
            await CompareAsync(log, model, seed);
            for (var step = 0; step < 2000; step++)
            {
                var key = $"key{random.Next(150)}";
                if (random.Next(4) == 0)
                {
                    log.Remove(key, clock.RemoveKey(key));
                    model.Remove(key);
                }
                else
                {
                    // Live data of about 1.5 MiB under 8 MiB: everything live must survive the turnover.
                    var value = new byte[random.Next(20_000)];
                    random.NextBytes(value);
                    log.Set(Value(key, value, clock.Now));
                    model[key] = value;
                }

                if (random.Next(50) == 0)
                {
                    Assert.True(await log.FlushAsync(Cancellation), string.Join('\n', logger.Messages));
                    Assert.InRange(log.DiskBytes, 1, Options.DiskCapacity);
                }
            }

            await CompareAsync(log, model, seed);
        }

        Assert.Empty(logger.Messages);
    }

    [Fact]
    public async Task A_log_full_of_live_values_drops_the_oldest_and_stays_in_its_bounds()
    {
        var clock = new InvalidationClock();
        await using var log = await MetadataLog.OpenAsync(Options, clock, time, NullLogger.Instance);
        for (var number = 0; number < 800; number++)
        {
            log.Set(Value($"key{number}", new byte[20_000], clock.Now));
            if (number % 10 == 0)
                Assert.True(await log.FlushAsync(Cancellation));
            Assert.InRange(log.DiskBytes, 0, Options.DiskCapacity);
        }

        Assert.True(await log.FlushAsync(Cancellation));
        Assert.NotNull(await log.TryGetAsync("key799", Cancellation));
        Assert.Null(await log.TryGetAsync("key0", Cancellation));
    }

    [Fact]
    public async Task Entries_are_bounded_in_number()
    {
        var clock = new InvalidationClock();
        await using var log = await MetadataLog.OpenAsync(Options with { MaxDiskEntries = 100 }, clock, time, NullLogger.Instance);
        for (var number = 0; number < 2000; number++)
        {
            log.Set(Value($"key{number}", new byte[10_000], clock.Now));
            if (number % 5 == 0)
                await log.FlushAsync(Cancellation);
            Assert.InRange(log.Count, 0, 105);
        }
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    public async Task A_damaged_log_is_thrown_away_whole(int seed)
    {
        var clock = new InvalidationClock();
        await using (var log = await MetadataLog.OpenAsync(Options, clock, time, NullLogger.Instance))
        {
            for (var number = 0; number < 50; number++)
                log.Set(Value($"key{number}", new byte[1000], clock.Now));
        }

        var path = directory.Combine("metadata-1m.0");
        using (var file = File.Open(path, FileMode.Open))
        {
            // Anywhere in what was written: record, or the length before it.
            file.Position = 64 + new Random(seed).Next(50_000);
            var value = file.ReadByte();
            file.Position--;
            file.WriteByte((byte)(value ^ 0x10));
        }

        await using var again = await MetadataLog.OpenAsync(Options, new InvalidationClock(), time, NullLogger.Instance);
        Assert.Equal(0, again.Count);
        again.Set(Value("key", [1], 0));
        Assert.True(await again.FlushAsync(Cancellation));
        Assert.Equal([1], (await again.TryGetAsync("key", Cancellation))!.Value.ToArray());
    }

    [Fact]
    public async Task A_tag_removed_before_the_restart_stays_removed()
    {
        var clock = new InvalidationClock();
        await using (var log = await MetadataLog.OpenAsync(Options, clock, time, NullLogger.Instance))
        {
            log.Set(Value("old", [1], clock.Now, "tag"));
            Assert.True(await log.FlushAsync(Cancellation));
            log.RemoveTag("tag", clock.RemoveTag("tag"));
            log.Set(Value("new", [2], clock.Now, "tag"));
        }

        await using var again = await MetadataLog.OpenAsync(Options, new InvalidationClock(), time, NullLogger.Instance);
        Assert.Null(await again.TryGetAsync("old", Cancellation));
        Assert.Equal([2], (await again.TryGetAsync("new", Cancellation))!.Value.ToArray());
    }

    [Fact]
    public async Task After_a_fault_the_log_starts_anew_and_says_whether_removals_hold()
    {
        var plan = new FaultPlan(1);
        var clock = new InvalidationClock();
        await using var log = await MetadataLog.OpenAsync(
            Options with { WrapDevice = device => plan.Wrap("metadata", device) }, clock, time, NullLogger.Instance);
        log.Set(Value("key", [1], clock.Now));
        Assert.True(await log.FlushAsync(Cancellation));

        plan.Always = DeviceFault.NoSpace;
        log.Remove("key", clock.RemoveKey("key"));
        // The removal could not be written, but the log that held the value is gone with it.
        Assert.True(await log.FlushAsync(Cancellation));
        plan.Always = DeviceFault.None;
        Assert.Null(await log.TryGetAsync("key", Cancellation));
        log.Set(Value("key", [2], clock.Now));
        Assert.True(await log.FlushAsync(Cancellation));
        Assert.Equal([2], (await log.TryGetAsync("key", Cancellation))!.Value.ToArray());
    }

    [Fact]
    public void Records_are_read_back_and_no_flipped_bit_is_accepted()
    {
        var record = new MetadataRecord(MetadataRecordKind.Value, "bücket/key", ["a", "tag:ö"], 42, 1234567890123, new byte[] { 1, 2, 3 });
        var bytes = record.TryWrite()!;
        var read = MetadataRecord.TryRead(bytes)!;
        Assert.Equal((record.Kind, record.Key, record.Time, record.ExpiresUnixMilliseconds), (read.Kind, read.Key, read.Time, read.ExpiresUnixMilliseconds));
        Assert.Equal(record.Tags, read.Tags);
        Assert.Equal(record.Value.ToArray(), read.Value.ToArray());
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Null(MetadataRecord.TryRead(bytes));
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        for (var length = 0; length < bytes.Length; length++)
            Assert.Null(MetadataRecord.TryRead(bytes.AsMemory(0, length)));
        Assert.Null((record with { Key = new string('k', 5000) }).TryWrite());
    }

    private static async Task CompareAsync(MetadataLog log, Dictionary<string, byte[]> model, int seed)
    {
        for (var number = 0; number < 150; number++)
        {
            var key = $"key{number}";
            var found = await log.TryGetAsync(key, Cancellation);
            Assert.True(found is not null == model.ContainsKey(key), $"{key}, seed {seed}");
            if (found is not null)
                Assert.True(found.Value.Span.SequenceEqual(model[key]), $"{key}, seed {seed}");
        }
    }

    private MetadataRecord Value(string key, byte[] value, long started, params string[] tags) =>
        new(MetadataRecordKind.Value, key, tags, started, time.GetUtcNow().AddDays(1).ToUnixTimeMilliseconds(), value);
}
