namespace EdgeCache.Edge.Caching;

/// <summary>How fresh a fact is.</summary>
internal enum Freshness
{
    /// <summary>From the cache, and the live feed vouches for it.</summary>
    Current,

    /// <summary>Upstream said so just now.</summary>
    Asked,

    /// <summary>From the cache; upstream can't be asked, and the configured maximum staleness is not reached.</summary>
    Stale,

    /// <summary>Not known: upstream can't be asked, and nothing cached may be used.</summary>
    Unknown,
}

/// <summary>Why upstream was asked for a fact.</summary>
internal enum AskReason
{
    /// <summary>It was not.</summary>
    None,

    /// <summary>Nothing was cached.</summary>
    Unseen,

    /// <summary>What was cached has changed since.</summary>
    Changed,

    /// <summary>The feed is not live, and can't vouch for what is cached.</summary>
    FeedSilent,

    /// <summary>The bucket asks for it on every read.</summary>
    Strong,
}

/// <summary>An answer about a fact.</summary>
/// <param name="Freshness">Whether and how it is known.</param>
/// <param name="Fact">The fact; null when it is known that there is none, or nothing is known.</param>
/// <param name="Staleness">For how long the fact has not been known to be current; null unless stale.</param>
/// <param name="Why">Why upstream was asked, or would have been.</param>
internal readonly record struct FactReply<T>(Freshness Freshness, T? Fact, TimeSpan? Staleness = null, AskReason Why = AskReason.None)
    where T : class
{
    public bool IsKnown => Freshness != Freshness.Unknown;
}
