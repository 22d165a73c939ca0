namespace EdgeCache.Edge.Filling;

/// <summary>Why bytes of an object can't be read.</summary>
internal enum ReadFault
{
    /// <summary>They can.</summary>
    None,

    /// <summary>The version is gone upstream and not all of it is cached.</summary>
    VersionGone,

    /// <summary>What is missing can't be fetched now.</summary>
    Unavailable,

    /// <summary>Too many fetches wait already.</summary>
    Busy,
}
