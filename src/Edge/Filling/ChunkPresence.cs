namespace EdgeCache.Edge.Filling;

/// <summary>What the look-up phase found of a range.</summary>
internal enum ChunkPresence
{
    /// <summary>All of its chunks are stored.</summary>
    All,

    /// <summary>Some are.</summary>
    Some,

    /// <summary>None is, and the first one is already being fetched for someone else.</summary>
    Arriving,

    /// <summary>None is.</summary>
    None,
}
