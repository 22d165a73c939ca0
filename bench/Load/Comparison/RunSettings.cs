using EdgeCache.Load.Data;

namespace EdgeCache.Load.Comparison;

/// <summary>How a comparison is carried out; all of it is in the report.</summary>
internal sealed record RunSettings
{
    public required ulong Seed { get; init; }

    /// <summary>How often every workload is run against every server; the report has the medians.</summary>
    public required int Rounds { get; init; }

    /// <summary>The length of one measurement of hits.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>How long each workload runs unmeasured first: a just-in-time compiler needs seconds of load until its code is final.</summary>
    public required TimeSpan Warmup { get; init; }

    /// <summary>The size of the large object.</summary>
    public required long LargeSize { get; init; }

    /// <summary>The limit of each cache on disk.</summary>
    public required long CacheSize { get; init; }

    /// <summary>Requests per second of the small workloads as an open loop; null: closed loops only.</summary>
    public required double? Rate { get; init; }

    /// <summary>Whether every body of every measurement is compared, not only those of the warm-up.</summary>
    public required bool Verify { get; init; }

    /// <summary>The workers of each nginx, and the threads of Traffic Server.</summary>
    public required int NginxWorkers { get; init; }

    /// <summary>Names of workloads to run; empty: all.</summary>
    public required IReadOnlyList<string> Workloads { get; init; }

    /// <summary>Whether a workload or scenario is to be run.</summary>
    public bool Wants(string workload) => Workloads.Count == 0 || Workloads.Contains(workload);

    /// <summary>The objects in the bucket of the metadata scenario.</summary>
    public required int Objects { get; init; }

    /// <summary>Whether these objects are made by S3 requests, one each, instead of copies of a row in the catalog.</summary>
    public required bool ObjectsByS3 { get; init; }

    /// <summary>What the object <paramref name="key"/> holds.</summary>
    public SeededBytes Content(string key) => SeededBytes.For(Seed, key);

    /// <summary>The idle connections of the connections scenario.</summary>
    public required int IdleConnections { get; init; }

    /// <summary>The slow uploads at the same time of the connections scenario.</summary>
    public required int SlowUploads { get; init; }

    /// <summary>The bytes that the journal of the startup scenario speaks of.</summary>
    public required long SimulatedCache { get; init; }

    /// <summary>Names of servers to run; empty: all.</summary>
    public required IReadOnlyList<string> Servers { get; init; }

    /// <summary>Whether a server is to be run.</summary>
    public bool WantsServer(string server) => Servers.Count == 0 || Servers.Contains(server);

    /// <summary>Further arguments of the edge, to measure a setting.</summary>
    public required IReadOnlyList<string> EdgeArguments { get; init; }

    /// <summary>Holds data, caches and logs of the run.</summary>
    public required string WorkDirectory { get; init; }
}
