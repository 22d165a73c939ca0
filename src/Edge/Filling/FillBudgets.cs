namespace EdgeCache.Edge.Filling;

/// <summary>
/// The node's budget for fills, in two halves when there are peers: what waits for another edge takes nothing from what waits for a region. With one budget two
/// edges could each have filled it with what they wait for from the other, and then neither could fetch it; what waits for a region waits for no edge.
/// </summary>
internal sealed class FillBudgets
{
    /// <summary>Makes the schedulers.</summary>
    /// <param name="bytes">The whole budget in bytes; at least twice <see cref="FillBuffers.MinimumBudget"/> with peers.</param>
    /// <param name="maxActive">The most fetches at a time from regions, and from peers.</param>
    /// <param name="maxQueued">The most fills that wait, for each of both.</param>
    /// <param name="hasPeers">Whether other edges may be asked.</param>
    public FillBudgets(long bytes, int maxActive, int maxQueued, bool hasPeers)
    {
        FromRegions = new FillScheduler(hasPeers ? bytes / 2 : bytes, maxActive, maxQueued);
        FromPeers = hasPeers ? new FillScheduler(bytes / 2, maxActive, maxQueued) : FromRegions;
    }

    /// <summary>Decides which of the fills goes next that fetch from regions.</summary>
    public FillScheduler FromRegions { get; }

    /// <summary>Decides which of the fills goes next that may ask other edges.</summary>
    public FillScheduler FromPeers { get; }

    /// <summary>The bytes that are out.</summary>
    public long BytesInFlight => FromRegions.BytesInFlight + (FromPeers == FromRegions ? 0 : FromPeers.BytesInFlight);

    /// <summary>The scheduler of a fill.</summary>
    public FillScheduler For(bool asksPeers) => asksPeers ? FromPeers : FromRegions;

    /// <summary>How many wait with a priority.</summary>
    public int Queued(FillPriority priority) => FromRegions.Queued(priority) + (FromPeers == FromRegions ? 0 : FromPeers.Queued(priority));
}
