using System.Diagnostics;
using System.Globalization;
using EdgeCache.Edge.Storage;
using EdgeCache.Edge.Storage.Blocks;
using EdgeCache.Edge.Storage.Eviction;
using EdgeCache.Edge.Storage.Nvme;
using EdgeCache.Shared.Primitives;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeCache.Micro;

/// <summary>
/// What objects of 1 KiB cost as chunks and as packed blocks: disk and memory per object, the time to store and to read one, and how long the store
/// takes to open again with all of them. BenchmarkDotNet measures none of these but times.
/// </summary>
internal static class SmallObjects
{
    private const int Length = 1024;
    private const int Writers = 64;
    private const int Reads = 50_000;
    private const long Capacity = 24L << 30;

    private static readonly byte[] Payload = new byte[Length];

    /// <summary>Measures <paramref name="chunks"/> objects as chunks and <paramref name="blocks"/> as blocks, and prints a line for each.</summary>
    public static async Task RunAsync(int chunks, int blocks)
    {
        new Random(1).NextBytes(Payload);
        await MeasureAsync(
            "chunks",
            chunks,
            directory => ChunkStore.OpenAsync(
                new ChunkStoreOptions { Directory = directory, CapacityBytes = Capacity }, TimeProvider.System, NullLoggerFactory.Instance, null, null, CancellationToken.None),
            static async (store, number) => Check(await store.AppendAsync(Id(number), Payload, CancellationToken.None)),
            static async (store, number, destination) =>
            {
                Check(store.TryGet(Id(number), 1, out var lease));
                using (lease)
                    Check(await lease!.ReadAsync(0, destination.AsMemory(0, Length), CancellationToken.None));
            });
        await MeasureAsync(
            "blocks",
            blocks,
            static directory => Task.FromResult(BlockStore.Open(
                new BlockStoreOptions { Directory = directory, CapacityBytes = Capacity },
                new Retention(EvictionPolicy.For(Capacity, null, TimeProvider.System), new OrganizationShares([], Capacity), pins: null),
                new BlockStoreMetrics(null, directory, static () => null),
                TimeProvider.System,
                NullLoggerFactory.Instance)),
            static async (store, number) => Check(await store.AppendAsync(Id(number), 0, Payload, 0, default, CancellationToken.None) == AppendOutcome.Stored),
            static async (store, number, destination) => Check(await store.ReadAsync(new BlockKey(Id(number), 0), 1, destination, CancellationToken.None) == Length));
    }

    private static async Task MeasureAsync<T>(string name, int count, Func<string, Task<T>> open, Func<T, int, Task> append, Func<T, int, byte[], Task> read)
        where T : IAsyncDisposable
    {
        var directory = Directory.CreateTempSubdirectory("edgecache-bench-").FullName;
        try
        {
            var store = await open(directory);
            // The first half makes the buffers, whose size does not depend on the number of objects.
            await AppendAllAsync(store, 0, count / 2, append);
            var before = GC.GetTotalMemory(forceFullCollection: true);
            var watch = Stopwatch.StartNew();
            await AppendAllAsync(store, count / 2, count, append);
            var stored = watch.Elapsed * 2;
            var memory = (GC.GetTotalMemory(forceFullCollection: true) - before) * 2;
            watch.Restart();
            var destination = new byte[ChunkGeometry.BlockSize];
            for (var i = 0; i < Reads; i++)
                await read(store, (int)(i * 2654435761L % count), destination);
            var readTime = watch.Elapsed / Reads;
            await store.DisposeAsync();
            var disk = Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories).Sum(static path => new FileInfo(path).Length);
            var cpu = Environment.CpuUsage.TotalTime;
            watch.Restart();
            store = await open(directory);
            var opened = watch.Elapsed;
            cpu = Environment.CpuUsage.TotalTime - cpu;
            await store.DisposeAsync();
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{name}: {count} objects of {Length} B: {(double)disk / count:F0} B of disk and {(double)memory / count:F0} B of memory each; stored at {count / stored.TotalSeconds:F0}/s by {Writers} writers, read in {readTime.TotalMicroseconds:F1} us; opened again in {opened.TotalMilliseconds:F0} ms, {cpu.TotalMilliseconds:F0} ms of processor"));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static Task AppendAllAsync<T>(T store, int from, int to, Func<T, int, Task> append)
    {
        var next = from - 1;
        return Task.WhenAll(Enumerable.Range(0, Writers).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Increment(ref next) is var number && number < to)
                await append(store, number);
        })));
    }

    private static ChunkId Id(int number) => new(new Generation(1, (ulong)number * 0x9E3779B97F4A7C15), 0);

    private static void Check(bool succeeded)
    {
        if (!succeeded)
            throw new InvalidOperationException("The store does not do what is to be measured.");
    }
}
