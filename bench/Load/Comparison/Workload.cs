using EdgeCache.Load.Data;
using EdgeCache.Load.Servers;

namespace EdgeCache.Load.Comparison;

/// <summary>How clients behave in a measurement.</summary>
internal enum WorkloadKind
{
    /// <summary>Bytes are the work.</summary>
    Bulk,

    /// <summary>Requests are the work; only these can be run at a given rate.</summary>
    Small,

    /// <summary>An object that no cache has seen, once per connection.</summary>
    Miss,

    /// <summary>One client begins to read such an object; those that are measured come when its first byte has come.</summary>
    Follower,

    /// <summary>Over TLS 1.3.</summary>
    Tls,

    /// <summary>Small reads as an open loop, beside streams.</summary>
    Tail,

    /// <summary>The same, with the streams' files kept out of the page cache.</summary>
    ColdTail,
}

/// <summary>What clients do in one measurement.</summary>
/// <param name="Name">Its name on the command line and in the report.</param>
/// <param name="Kind">How they behave.</param>
/// <param name="Connections">Connections, each with one request at a time.</param>
/// <param name="Reads">What they read, in turn.</param>
/// <param name="Beside">What others read meanwhile, whose latency does not count.</param>
internal sealed record Workload(string Name, WorkloadKind Kind, int Connections, IReadOnlyList<ObjectRead> Reads, Workload? Beside = null)
{
    public const string Tls8M = "tls8m";

    private const int RangeSize = 8 << 20;

    public bool IsCold => Kind is WorkloadKind.Miss or WorkloadKind.Follower;

    public bool IsTail => Kind is WorkloadKind.Tail or WorkloadKind.ColdTail;

    /// <summary>
    /// Whether a server takes part: an origin that is read directly has no small objects to be compared by, a miss needs a cache, and what serves from its own
    /// memory can't be kept from it.
    /// </summary>
    public bool Suits(ServerUnderTest server) => Kind switch
    {
        WorkloadKind.Bulk => true,
        WorkloadKind.Small or WorkloadKind.Tail => server is not OriginServer,
        WorkloadKind.Miss or WorkloadKind.Follower => server.Caches,
        WorkloadKind.Tls => server.Tls is not null,
        WorkloadKind.ColdTail => server.ServesFromFiles,
    };

    /// <summary>All workloads over a data set, in the order of the report.</summary>
    public static IReadOnlyList<Workload> All(DataSet data)
    {
        var ranges = new Workload("range8m", WorkloadKind.Bulk, 8, Ranges(data.Large));
        IReadOnlyList<ObjectRead> small = [.. data.Small.Select(ObjectRead.Whole)];
        IReadOnlyList<ObjectRead> large = [ObjectRead.Whole(data.Large)];
        return
        [
            new("whole", WorkloadKind.Bulk, 1, large),
            ranges,
            new("get64k", WorkloadKind.Small, 64, [.. data.Medium.Select(ObjectRead.Whole)]),
            new("get1k", WorkloadKind.Small, 64, small),
            new(Tls8M, WorkloadKind.Tls, 8, ranges.Reads),
            new("tail", WorkloadKind.Tail, 16, small, ranges),
            new("tailcold", WorkloadKind.ColdTail, 16, small, ranges),
            new("miss1", WorkloadKind.Miss, 1, large),
            new("miss8", WorkloadKind.Miss, 8, large),
            new("follower", WorkloadKind.Follower, 7, large),
        ];
    }

    private static ObjectRead[] Ranges(StoredObject large)
    {
        var count = Math.Max(1, large.Size / RangeSize);
        return [.. Enumerable.Range(0, (int)count).Select(i => new ObjectRead(large, (long)i * RangeSize, Math.Min(RangeSize, large.Size)))];
    }
}
