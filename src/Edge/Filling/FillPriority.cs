namespace EdgeCache.Edge.Filling;

/// <summary>How urgent a fetch is. A smaller value goes first.</summary>
internal enum FillPriority
{
    /// <summary>Someone waits for the bytes.</summary>
    Foreground,

    /// <summary>Someone reads towards them.</summary>
    ReadAhead,

    /// <summary>Nobody waits: it is fetched because it may be wanted.</summary>
    WarmUp,
}
