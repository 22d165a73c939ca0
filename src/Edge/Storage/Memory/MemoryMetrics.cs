using System.Diagnostics.Metrics;

namespace EdgeCache.Edge.Storage.Memory;

/// <summary>Where a value came from.</summary>
internal enum LookupOutcome
{
    /// <summary>From memory.</summary>
    Memory,

    /// <summary>From the log on disk.</summary>
    Disk,

    /// <summary>From the factory.</summary>
    Miss,
}

/// <summary>The metadata cache's instruments on the meter <c>EdgeCache.Edge</c>.</summary>
internal sealed class MemoryMetrics
{
    private readonly Counter<long>? lookups;

    public MemoryMetrics(IMeterFactory? meterFactory, Func<(long Entries, long Bytes, long DiskEntries, long DiskBytes)?> state)
    {
        if (meterFactory?.Create("EdgeCache.Edge") is not { } meter)
            return;

        lookups = meter.CreateCounter<long>("edgecache.edge.metadata.lookups", "{lookup}", "Look-ups in the metadata cache, by outcome.");
        meter.CreateObservableGauge("edgecache.edge.metadata.entries", () => Measure(now => now.Entries), "{entry}", "Entries in memory.");
        meter.CreateObservableGauge("edgecache.edge.metadata.memory", () => Measure(now => now.Bytes), "By", "Bytes in memory, estimated.");
        meter.CreateObservableGauge("edgecache.edge.metadata.disk_entries", () => Measure(now => now.DiskEntries), "{entry}", "Entries in the log.");
        meter.CreateObservableGauge("edgecache.edge.metadata.disk", () => Measure(now => now.DiskBytes), "By", "Disk space accounted to the log.");

        IEnumerable<Measurement<long>> Measure(Func<(long Entries, long Bytes, long DiskEntries, long DiskBytes), long> select)
        {
            if (state() is { } now)
                yield return new Measurement<long>(select(now));
        }
    }

    /// <summary>Counts a look-up; nothing but a test of a flag while nobody listens.</summary>
    public void LookedUp(LookupOutcome outcome)
    {
        if (lookups is { Enabled: true })
            Count(outcome);
    }

    private void Count(LookupOutcome outcome) => lookups!.Add(1, new KeyValuePair<string, object?>("outcome", outcome switch
    {
        LookupOutcome.Memory => "memory",
        LookupOutcome.Disk => "disk",
        LookupOutcome.Miss => "miss",
    }));
}
