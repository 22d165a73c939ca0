using BenchmarkDotNet.Attributes;
using EdgeCache.Edge.Storage.Nvme;
using EdgeCache.Shared.Primitives;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeCache.Micro;

/// <summary>The chunk store on the temporary directory's file system: appending full chunks, reading verified blocks, looking up.</summary>
[MemoryDiagnoser]
public class ChunkStoreBenchmarks
{
    private const int Stored = 64;

    private readonly byte[] payload = new byte[ChunkGeometry.PayloadSize];
    private readonly byte[] block = new byte[ChunkGeometry.BlockSize];
    private string directory = "";
    private ChunkStore store = null!;
    private ChunkLease lease = null!;
    private int next = Stored;

    // Synchronous, because the in-process toolchain of the quick mode does not wait for an asynchronous set-up.
    [GlobalSetup]
    public void Open() => OpenAsync().GetAwaiter().GetResult();

    [GlobalCleanup]
    public void Close() => CloseAsync().GetAwaiter().GetResult();

    [Benchmark]
    public bool Append4MiB() => store.AppendAsync(Id(next++), payload, CancellationToken.None).AsTask().GetAwaiter().GetResult();

    [Benchmark]
    public bool Read64KiBVerified() =>
        lease.ReadAsync(5 * ChunkGeometry.BlockSize, block, CancellationToken.None).AsTask().GetAwaiter().GetResult();

    [Benchmark]
    public bool LeaseAndRead64KiBVerified()
    {
        if (!store.TryGet(Id(next - 1), out var fresh))
            throw new InvalidOperationException("The last chunk is not there.");

        using (fresh)
            return fresh.ReadAsync(0, block, CancellationToken.None).AsTask().GetAwaiter().GetResult();
    }

    [Benchmark]
    public bool LookUp()
    {
        if (!store.TryGet(Id(next - 1), out var found))
            return false;

        found.Dispose();
        return true;
    }

    private static ChunkId Id(int number) => new(new Generation(1, (ulong)number), 0);

    private async Task OpenAsync()
    {
        new Random(1).NextBytes(payload);
        directory = Directory.CreateTempSubdirectory("edgecache-bench-").FullName;
        var options = new ChunkStoreOptions { Directory = directory, CapacityBytes = 2L << 30 };
        store = await ChunkStore.OpenAsync(options, TimeProvider.System, NullLoggerFactory.Instance, null, null, CancellationToken.None);
        for (var number = 0; number < Stored; number++)
            await store.AppendAsync(Id(number), payload, CancellationToken.None);
        if (!store.TryGet(Id(0), out var taken))
            throw new InvalidOperationException("The chunk that was just stored is not there.");

        lease = taken;
    }

    private async Task CloseAsync()
    {
        lease.Dispose();
        await store.DisposeAsync();
        Directory.Delete(directory, recursive: true);
    }
}
