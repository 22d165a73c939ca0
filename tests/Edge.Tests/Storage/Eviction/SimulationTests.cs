using EdgeCache.Simulator.Policies;
using EdgeCache.Simulator.Workloads;
using EdgeCache.Testing;

namespace EdgeCache.Edge.Tests.Storage.Eviction;

/// <summary>The store's policy against whole workloads, as the simulator replays them.</summary>
public sealed class SimulationTests
{
    private const long Capacity = 4L << 30;
    private const int Seed = 1;

    [Fact]
    public void A_scan_evicts_nothing_of_what_the_fleet_loads()
    {
        const int ScanReaders = 1_000_000;
        var alone = Misses(Synthetic.Make("fleet", Capacity, Seed), _ => true);
        var beside = Misses(Synthetic.Make("scan", Capacity, Seed), access => access.Reader < ScanReaders);

        Assert.Equal(alone, beside);

        static int Misses(AccessList list, Func<Access, bool> counts)
        {
            var policy = new LogPolicy("S3-FIFO", Capacity, writeBytesPerSecond: null);
            return list.Accesses.Count(access => !policy.Read(access) && counts(access));
        }
    }

    [Theory]
    [InlineData("epoch")]
    [InlineData("mixed")]
    public void The_policy_hits_more_than_FIFO_and_LRU_and_none_more_than_the_offline_bound(string workload)
    {
        var list = Synthetic.Make(workload, Capacity, Seed);
        var bound = OfflineBound.Compute(list.Accesses, Capacity).Hits;
        var ours = Hits(new LogPolicy("S3-FIFO", Capacity, writeBytesPerSecond: null));
        var fifo = Hits(new QueuePolicy(QueueOrder.Fifo, Capacity));
        var lru = Hits(new QueuePolicy(QueueOrder.Lru, Capacity));
        var sieve = Hits(new QueuePolicy(QueueOrder.Sieve, Capacity));

        Assert.True(ours > fifo && ours > lru, $"ours {ours}, FIFO {fifo}, LRU {lru}");
        Assert.All([ours, fifo, lru, sieve], hits => Assert.InRange(hits, 1, bound));

        long Hits(ICachePolicy policy) => list.Accesses.LongCount(access => policy.Read(access));
    }

    [Fact]
    public void A_trace_file_is_replayed_in_the_order_of_its_times()
    {
        using var directory = new TempDirectory();
        var path = Path.Combine(directory.Path, "trace.csv");
        File.WriteAllLines(path, ["# time,key,size", "2.5,b,with comma,5000000", "1,a,100", "", "3,a,100"]);

        var list = TraceFile.Read(path);

        Assert.Equal([1000, 2500, 2500, 3000], list.Accesses.Select(access => access.At));
        Assert.Equal(3, list.Chunks);
        Assert.Equal(list.Accesses[0].Chunk, list.Accesses[3].Chunk);
    }

    [Theory]
    [InlineData("1,a")]
    [InlineData("x,a,1")]
    [InlineData("1,a,0")]
    [InlineData("1,a,-5")]
    [InlineData("NaN,a,5")]
    public void A_malformed_line_is_named(string line)
    {
        using var directory = new TempDirectory();
        var path = Path.Combine(directory.Path, "trace.csv");
        File.WriteAllLines(path, ["1,a,100", line]);

        Assert.Contains("line 2", Assert.Throws<InvalidDataException>(() => TraceFile.Read(path)).Message, StringComparison.Ordinal);
    }
}
