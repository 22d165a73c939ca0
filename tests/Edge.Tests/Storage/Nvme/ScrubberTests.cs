using EdgeCache.Edge.Storage;
using EdgeCache.Edge.Storage.Nvme;
using EdgeCache.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeCache.Edge.Tests.Storage.Nvme;

public sealed class ScrubberTests : IDisposable
{
    private const int Seed = 4, Chunks = 8, Length = 5 * ChunkGeometry.BlockSize + 99;
    private const byte Reader = 1;
    private const long Rate = 1 << 20;

    private readonly TempDirectory directory = new();
    private readonly ManualTimeProvider time = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => directory.Dispose();

    [Theory]
    [InlineData((int)ChecksumPolicy.Strict)]
    [InlineData((int)ChecksumPolicy.Once)]
    public async Task Whatever_is_damaged_is_dropped_before_a_request_meets_it(int policy)
    {
        await using var cache = await OpenAsync(Rate, (ChecksumPolicy)policy);
        await StoreAsync(cache);
        foreach (var kind in Enum.GetValues<DamageKind>())
            Spoil(cache, (int)kind, kind);

        await PassesAsync(cache, 2);
        var spoilt = Enum.GetValues<DamageKind>().Length;
        Assert.All(Enumerable.Range(0, Chunks), number => Assert.Equal(number >= spoilt, cache.Contains(TestChunks.Id(Seed, number))));
        Assert.Equal(spoilt, cache.Statistics.ScrubFailures);
        Assert.Equal(spoilt, cache.Statistics.ChecksumFailures);
    }

    [Fact]
    public async Task Chunks_that_changed_places_are_both_found()
    {
        await using var cache = await OpenAsync(Rate);
        await StoreAsync(cache);
        Assert.True(cache.TryGet(TestChunks.Id(Seed, 0), Reader, out var first));
        Assert.True(cache.TryGet(TestChunks.Id(Seed, 1), Reader, out var second));
        using (first)
        using (second)
        {
            var bytes = new byte[ChunkGeometry.RecordSizeOf(Length)];
            RandomAccess.Read(first.Handle, bytes, first.FileOffset - ChunkGeometry.HeaderSize);
            var other = new byte[bytes.Length];
            RandomAccess.Read(second.Handle, other, second.FileOffset - ChunkGeometry.HeaderSize);
            RandomAccess.Write(first.Handle, other, first.FileOffset - ChunkGeometry.HeaderSize);
            RandomAccess.Write(second.Handle, bytes, second.FileOffset - ChunkGeometry.HeaderSize);
        }

        await PassesAsync(cache, 2);
        Assert.Equal(2, cache.Statistics.ScrubFailures);
        Assert.False(cache.Contains(TestChunks.Id(Seed, 0)) || cache.Contains(TestChunks.Id(Seed, 1)));
    }

    [Fact]
    public async Task It_reads_no_faster_than_it_may_and_the_oldest_first()
    {
        // A reader that is told to fail drops the chunk: so the order shows.
        var failing = false;
        await using var cache = await OpenAsync(ChunkGeometry.BlockSize, failRead: () => Volatile.Read(ref failing));
        await StoreAsync(cache);
        Volatile.Write(ref failing, true);
        var start = time.GetTimestamp();
        for (var dropped = 0; dropped < 4; dropped++)
        {
            await AdvanceUntilAsync(() => cache.Statistics.ScrubFailures > dropped);
            Assert.False(cache.Contains(TestChunks.Id(Seed, dropped)));
            Assert.True(cache.Contains(TestChunks.Id(Seed, dropped + 1)));
        }

        Volatile.Write(ref failing, false);
        await AdvanceUntilAsync(() => cache.Statistics.ScrubPasses > 1);
        Assert.InRange(cache.Statistics.ScrubbedBytes, 4 * Length, (long)time.GetElapsedTime(start).TotalSeconds * ChunkGeometry.BlockSize);
        Assert.Equal(4, cache.Statistics.ReadFailures);
    }

    [Fact]
    public async Task Nothing_is_scrubbed_at_a_rate_of_zero()
    {
        await using var cache = await OpenAsync(0);
        await StoreAsync(cache);
        time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(0, cache.Statistics.ScrubbedBytes);
        Assert.Equal(0, cache.Statistics.ScrubPasses);
    }

    [Fact]
    public void The_medium_is_read_in_any_length_to_the_end_of_the_file()
    {
        var path = Path.Combine(directory.Path, "file");
        var content = ByteStreams.Content(Seed, 10_000);
        File.WriteAllBytes(path, content);
        using var file = File.OpenHandle(path);
        using var reader = new MediumReader(16384);
        Assert.Equal(content[4096..4100], reader.Read(file, 4096, 4).ToArray());
        Assert.Equal(content[..8192], reader.Read(file, 0, 8192).ToArray());
        Assert.Equal(content, reader.Read(file, 0, 16384).ToArray());
        Assert.Equal(content[8192..], reader.Read(file, 8192, 8192).ToArray());
        File.Delete(path);
        Assert.Equal(content, reader.Read(file, 0, 10_000).ToArray());
    }

    private static async Task StoreAsync(ChunkCache cache)
    {
        for (var number = 0; number < Chunks; number++)
            Assert.True(await cache.AppendAsync(new Origination("acme", Reader, Shared: false), TestChunks.Id(Seed, number), TestChunks.Bytes(Seed, number, Length), Cancellation));
    }

    private static void Spoil(ChunkCache cache, int number, DamageKind kind)
    {
        Assert.True(cache.TryGet(TestChunks.Id(Seed, number), Reader, out var lease));
        using (lease)
            Damage.Apply(kind, lease);
    }

    private Task<ChunkCache> OpenAsync(long rate, ChecksumPolicy policy = ChecksumPolicy.Strict, Func<bool>? failRead = null) => ChunkCache.OpenAsync(
        new ChunkCacheOptions { Drives = [TestChunks.Options(directory.Path) with { Checksums = policy, FailRead = failRead }], ScrubBytesPerSecond = rate },
        time,
        NullLoggerFactory.Instance,
        null,
        Cancellation);

    // A pass that had begun before the damage may not have seen it; the next one has.
    private Task PassesAsync(ChunkCache cache, int more)
    {
        var wanted = cache.Statistics.ScrubPasses + more;
        return AdvanceUntilAsync(() => cache.Statistics.ScrubPasses >= wanted);
    }

    private async Task AdvanceUntilAsync(Func<bool> condition)
    {
        while (!condition())
        {
            Cancellation.ThrowIfCancellationRequested();
            if (time.ArmedTimers > 1)
                time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
    }
}
