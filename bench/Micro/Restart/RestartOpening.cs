using System.Diagnostics;
using EdgeCache.Edge.Storage.Nvme;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeCache.Micro.Restart;

/// <summary>What one start of a store took.</summary>
/// <param name="Chunks">Chunks that were found.</param>
/// <param name="OpenMilliseconds">From the call to the store that serves, with code that is compiled on the way, as in an edge that starts.</param>
/// <param name="HeldBytes">What the managed heap holds more than before, after a collection: the index, mostly.</param>
/// <param name="ResidentBytes">The process's memory right after the opening, garbage included.</param>
internal sealed record RestartFacts(long Chunks, double OpenMilliseconds, long HeldBytes, long ResidentBytes);

/// <summary>Opens a store once, in a process that did nothing before.</summary>
internal static class RestartOpening
{
    /// <summary>Opens the directory and measures.</summary>
    public static async Task<RestartFacts> MeasureAsync(string directory, long capacity)
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var begun = Stopwatch.GetTimestamp();
        await using var store = await ChunkStore.OpenAsync(
            new ChunkStoreOptions { Directory = directory, CapacityBytes = capacity },
            TimeProvider.System, NullLoggerFactory.Instance, null, null, CancellationToken.None);
        var took = Stopwatch.GetElapsedTime(begun);
        var resident = Environment.WorkingSet;
        return new RestartFacts(store.Statistics.LiveChunks, took.TotalMilliseconds, GC.GetTotalMemory(forceFullCollection: true) - before, resident);
    }
}
