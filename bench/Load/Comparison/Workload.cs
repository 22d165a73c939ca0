using EdgeCache.Load.Data;
using EdgeCache.Load.Servers;

namespace EdgeCache.Load.Comparison;

/// <summary>What clients do in one measurement.</summary>
/// <param name="Name">Its name on the command line and in the report.</param>
/// <param name="Connections">Connections, each with one request at a time.</param>
/// <param name="Reads">What they read, in turn.</param>
/// <param name="Cold">Whether each measurement reads an object that no cache has seen, once per connection.</param>
/// <param name="Small">Whether requests, not bytes, are the work; only such a workload can be run at a given rate.</param>
internal sealed record Workload(string Name, int Connections, IReadOnlyList<ObjectRead> Reads, bool Cold, bool Small)
{
    /// <summary>Whether a server takes part: an origin that is read directly has no small objects to be compared by, and a miss needs a cache.</summary>
    public bool Suits(ServerUnderTest server) => Cold ? server.Caches : !Small || server is not OriginServer;


    private const int RangeSize = 8 << 20;

    /// <summary>All workloads over a data set, in the order of the report.</summary>
    public static IReadOnlyList<Workload> All(DataSet data) =>
    [
        new("whole", 1, [ObjectRead.Whole(data.Large)], Cold: false, Small: false),
        new("range8m", 8, Ranges(data.Large), Cold: false, Small: false),
        new("get64k", 64, [.. data.Medium.Select(ObjectRead.Whole)], Cold: false, Small: true),
        new("get1k", 64, [.. data.Small.Select(ObjectRead.Whole)], Cold: false, Small: true),
        new("miss1", 1, [ObjectRead.Whole(data.Large)], Cold: true, Small: false),
        new("miss8", 8, [ObjectRead.Whole(data.Large)], Cold: true, Small: false),
    ];

    private static ObjectRead[] Ranges(StoredObject large)
    {
        var count = Math.Max(1, large.Size / RangeSize);
        return [.. Enumerable.Range(0, (int)count).Select(i => new ObjectRead(large, (long)i * RangeSize, Math.Min(RangeSize, large.Size)))];
    }
}
