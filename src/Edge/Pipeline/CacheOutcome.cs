namespace EdgeCache.Edge.Pipeline;

/// <summary>Why the cache alone did not do: part of Cache-Status, of the metrics and of the log.</summary>
internal enum CacheReason
{
    /// <summary>It did, or the outcome says it all.</summary>
    None,

    /// <summary>It was never here, or so long ago that this is forgotten.</summary>
    Cold,

    /// <summary>It was here, and gave way to others.</summary>
    Evicted,

    /// <summary>It was fetched before, and the write budget kept it out.</summary>
    NotAdmitted,

    /// <summary>Another version, or other facts, took the place of what was here.</summary>
    Invalidated,

    /// <summary>The feed is not live, and can't vouch for what is here.</summary>
    FeedSilent,

    /// <summary>The bucket asks for strong reads.</summary>
    Strong,
}

/// <summary>Whether a request was served from the cache, and if not, why: feeds Cache-Status, x-cache, metrics and the log.</summary>
internal enum CacheOutcome
{
    /// <summary>The request ended before it was known, or its answer needs no cache.</summary>
    None,

    /// <summary>Served from the cache alone.</summary>
    Hit,

    /// <summary>Bytes from the cache; which version it is was asked of the region.</summary>
    Revalidated,

    /// <summary>Served from the cache although the region can't be asked whether it is current.</summary>
    Stale,

    /// <summary>Nothing of it was stored.</summary>
    Miss,

    /// <summary>Nothing of it was stored, but it was already being fetched for someone else.</summary>
    Joined,

    /// <summary>Some of it was stored.</summary>
    Partial,

    /// <summary>The operation is not a read of an object.</summary>
    NotAnObjectRead,

    /// <summary>The client holds the encryption key: such bodies are never cached.</summary>
    CustomerKey,

    /// <summary>The bucket's owner suspended acceleration.</summary>
    Suspended,
}
