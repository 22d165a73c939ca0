using System.Buffers.Binary;
using System.Runtime.InteropServices;
using EdgeCache.Edge.Storage;
using EdgeCache.Edge.Storage.Nvme;
using EdgeCache.Edge.Tests.Storage.Nvme;
using EdgeCache.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeCache.Edge.Tests.Storage;

/// <summary>The configured ceiling of disk use, against what the file system says is taken.</summary>
public sealed partial class DiskBudgetTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(101)]
    [InlineData(102)]
    [InlineData(103)]
    public async Task The_blocks_of_all_files_stay_under_the_ceiling_whatever_is_done_and_held(int seed)
    {
        using var directory = new TempDirectory();
        var random = new Random(seed);
        var leases = new List<ChunkLease>();
        var store = await TestChunks.OpenAsync(directory.Path);
        var (evicted, refused, held, highest) = (0L, 0L, 0, 0L);
        try
        {
            for (var (step, number) = (0, 0); step < 300; step++)
            {
                switch (random.Next(10))
                {
                    case < 6:
                        await store.AppendAsync(TestChunks.Id(seed, number), TestChunks.Bytes(seed, number), Cancellation);
                        number++;
                        break;
                    case < 8 when store.TryGet(TestChunks.Id(seed, number - 1 - random.Next(Math.Clamp(number, 1, 12))), out var lease):
                        leases.Add(lease);
                        break;
                    case 8 when leases.Count > 0:
                        var taken = random.Next(leases.Count);
                        leases[taken].Dispose();
                        leases.RemoveAt(taken);
                        break;
                    case 9 when random.Next(8) == 0:
                        (evicted, refused) = (evicted + store.Statistics.EvictedSegments, refused + store.Statistics.RefusedAppends);
                        // Whoever opens the directory next can't know of what is held: as in a process that ends, nothing is.
                        leases.ForEach(static lease => lease.Dispose());
                        leases.Clear();
                        await store.DisposeAsync();
                        store = await TestChunks.OpenAsync(directory.Path);
                        break;
                }

                held = Math.Max(held, store.Statistics.DyingSegments);
                highest = Math.Max(highest, AllocatedBytes(directory.Path));
                Assert.InRange(highest, 1, TestChunks.SmallCapacity);
                Assert.InRange(store.Statistics.DiskBytes, 1, TestChunks.SmallCapacity);
            }

            (evicted, refused) = (evicted + store.Statistics.EvictedSegments, refused + store.Statistics.RefusedAppends);
        }
        finally
        {
            leases.ForEach(static lease => lease.Dispose());
            await store.DisposeAsync();
        }

        TestContext.Current.SendDiagnosticMessage($"seed {seed}: {evicted} evicted, {refused} refused, {held} held at most, {highest} of {TestChunks.SmallCapacity} bytes");
        Assert.True(evicted > 10 && held > 0 && highest > TestChunks.SmallCapacity / 2, $"seed {seed}: {evicted} {held} {highest}");
    }

    [Fact]
    public async Task All_logs_of_a_drive_that_evict_and_rescue_at_once_never_take_more_than_the_ceiling()
    {
        const int Seed = 104, Writers = 3, Readers = 3, Chunks = 260;
        const long Capacity = Drive.MinimumWithSmallLog;

        // As large as the budget and some pages for directories: one segment too many and an append would fail, which is counted.
        using var disk = SmallFileSystem.TryMount(Capacity + (1 << 20));
        Assert.SkipWhen(disk is null, "this user may not mount a file system");
        var empty = disk.UsedBytes;
        await using var cache = await ChunkCache.OpenAsync(
            new ChunkCacheOptions { Drives = [TestChunks.Options(Path.Combine(disk.Path, "cache"), Capacity)] },
            TimeProvider.System, NullLoggerFactory.Instance, null, Cancellation);
        using var done = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var (next, highest) = (-1, 0L);
        var sampling = Task.Run(async () =>
        {
            while (!done.IsCancellationRequested)
            {
                highest = Math.Max(highest, disk.UsedBytes - empty);
                await Task.Yield();
            }
        }, Cancellation);
        var reading = Enumerable.Range(0, Readers).Select(reader => Task.Run(async () =>
        {
            var random = new Random(Seed + reader);
            var buffer = new byte[ChunkGeometry.BlockSize];
            while (!done.IsCancellationRequested)
            {
                if (cache.TryGet(TestChunks.Id(Seed, Math.Max(0, Volatile.Read(ref next) - random.Next(120))), (byte)reader, out var lease))
                {
                    // Held over some appends, so that its segment may be evicted meanwhile.
                    var until = Volatile.Read(ref next) + random.Next(10);
                    using (lease)
                    {
                        Assert.True(await lease.ReadAsync(0, buffer, Cancellation));
                        while (Volatile.Read(ref next) < until && !done.IsCancellationRequested)
                            await Task.Yield();
                    }
                }

                await Task.Yield();
            }
        })).ToArray();
        var writing = Enumerable.Range(0, Writers).Select(writer => Task.Run(async () =>
        {
            var bytes = TestChunks.Bytes(Seed, writer, ChunkGeometry.PayloadSize);
            int number;
            while ((number = Interlocked.Increment(ref next)) < Chunks)
            {
                var what = new Origination("acme", (byte)(100 + writer), Shared: false);
                await cache.AppendAsync(what, TestChunks.Id(Seed, number), bytes, Cancellation);
                await cache.AppendBlocksAsync(what, TestChunks.Id(Seed + 1, number), 0, bytes.AsMemory(0, 20 * ChunkGeometry.BlockSize), Cancellation);
            }
        })).ToArray();
        await Task.WhenAll(writing);
        await done.CancelAsync();
        await Task.WhenAll([sampling, .. reading]);

        var statistics = cache.Statistics;
        Assert.InRange(highest, Capacity / 2, Capacity);
        Assert.True(statistics is { EvictedSegments: > 0, RewrittenBytes: > 0, Degraded: false }, $"{statistics}");
    }

    // What the files in the directory take, and those that were there and are unlinked but open: in blocks, as the file system counts them.
    private static long AllocatedBytes(string directory)
    {
        var open = Directory.EnumerateFileSystemEntries("/proc/self/fd").Where(path =>
            new FileInfo(path).LinkTarget is { } target && target.StartsWith(directory + "/", StringComparison.Ordinal) &&
            target.EndsWith(" (deleted)", StringComparison.Ordinal));
        return Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories).Concat(open)
            .Select(static path => BlocksOf(path)).DistinctBy(static file => file.Inode).Sum(static file => file.Bytes);
    }

    private static (ulong Inode, long Bytes) BlocksOf(string path)
    {
        const int CurrentDirectory = -100, InodeAndBlocks = 0x100 | 0x400, InodeAt = 32, BlocksAt = 48, BlockSize = 512;
        Span<byte> facts = stackalloc byte[256];
        facts.Clear();
        return Statx(CurrentDirectory, path, 0, InodeAndBlocks, ref MemoryMarshal.GetReference(facts)) != 0
            ? default
            : (BinaryPrimitives.ReadUInt64LittleEndian(facts[InodeAt..]), BlockSize * BinaryPrimitives.ReadInt64LittleEndian(facts[BlocksAt..]));
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int directory, string path, int flags, uint mask, ref byte facts);
}
