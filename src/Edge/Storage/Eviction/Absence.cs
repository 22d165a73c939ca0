namespace EdgeCache.Edge.Storage.Eviction;

/// <summary>Why something is not stored.</summary>
internal enum Absence
{
    /// <summary>It was never fetched, or so long ago that this is forgotten.</summary>
    Cold,

    /// <summary>It was stored, and gave way to others.</summary>
    Evicted,

    /// <summary>It was fetched, and the write budget kept it out.</summary>
    NotAdmitted,
}
