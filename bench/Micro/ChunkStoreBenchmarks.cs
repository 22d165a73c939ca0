using BenchmarkDotNet.Attributes;
using EdgeCache.Edge.Storage.Nvme;
using EdgeCache.Shared.Primitives;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeCache.Micro;

/// <summary>
/// The chunk store on the temporary directory's file system: appends under eviction, look-ups, and reads whose checksums are verified.
/// Appends measure the disk as much as the store; reads come from the page cache.
/// </summary>
[MemoryDiagnoser]
public class ChunkStoreBenchmarks
{
    private const long Capacity = 1L << 30;
    private const int Seed = 1;

    private readonly string _directory = Directory.CreateTempSubdirectory("edgecache-micro-").FullName;
    private readonly Generation _appended = new(1, 1);
    private readonly ChunkId _stored = new(new Generation(2, 2), 0);
    private ChunkStore _store = null!;
    private byte[] _payload = [];
    private byte[] _destination = [];
    private int _next;

    [Params(64 << 10, ChunkGeometry.PayloadSize)]
    public int Length { get; set; }

    [GlobalSetup]
    public async Task OpenAsync()
    {
        var options = new ChunkStoreOptions { Directory = _directory, CapacityBytes = Capacity };
        _store = await ChunkStore.OpenAsync(options, TimeProvider.System, NullLoggerFactory.Instance, meterFactory: null, CancellationToken.None);
        _payload = new byte[Length];
        _destination = new byte[Length];
        new Random(Seed).NextBytes(_payload);
        await StoreAsync();
    }

    [GlobalCleanup]
    public async Task CloseAsync()
    {
        await _store.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Benchmark]
    public ValueTask<bool> Append() => _store.AppendAsync(new ChunkId(_appended, _next++), _payload, CancellationToken.None);

    [Benchmark]
    public bool TryGet()
    {
        using var lease = Lease();
        return lease.Length == Length;
    }

    [Benchmark]
    public async ValueTask<bool> ReadVerified()
    {
        using var lease = Lease();
        return await lease.ReadAsync(0, _destination, CancellationToken.None)
            ? true
            : throw new InvalidOperationException("the stored chunk is damaged");
    }

    private ChunkLease Lease() =>
        _store.TryGet(_stored, out var lease) ? lease : throw new InvalidOperationException("the stored chunk is gone");

    private async Task StoreAsync()
    {
        if (!await _store.AppendAsync(_stored, _payload, CancellationToken.None))
        {
            throw new InvalidOperationException("the store refused an append");
        }
    }
}
