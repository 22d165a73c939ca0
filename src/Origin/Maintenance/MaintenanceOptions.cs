namespace EdgeCache.Origin.Maintenance;

/// <summary>When the background workers run, and for how long they leave things alone.</summary>
internal sealed record MaintenanceOptions
{
    /// <summary>How long the bytes of a replaced or deleted version stay for requests that have just looked it up.</summary>
    public TimeSpan GarbageGrace { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How often garbage is collected.</summary>
    public TimeSpan GarbageInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a file must have been without an owner to be an orphan: far longer than from the rename of a blob to its commit.</summary>
    public TimeSpan OrphanGrace { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How often files are compared with the catalog.</summary>
    public TimeSpan OrphanInterval { get; init; } = TimeSpan.FromHours(2);

    /// <summary>How often history (of the feed, of completed uploads) is trimmed.</summary>
    public TimeSpan HistoryInterval { get; init; } = TimeSpan.FromMinutes(1);
}
