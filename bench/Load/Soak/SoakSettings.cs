namespace EdgeCache.Load.Soak;

/// <summary>What a soak does.</summary>
/// <param name="Duration">For how long requests are made.</param>
/// <param name="Seed">What objects, requests and faults follow from.</param>
/// <param name="Workers">How many clients make requests, one at a time each.</param>
/// <param name="CacheSize">The disk budget of each edge.</param>
/// <param name="FaultInterval">How often something is broken.</param>
internal sealed record SoakSettings(TimeSpan Duration, int Seed, int Workers, long CacheSize, TimeSpan FaultInterval)
{
    /// <summary>Edges of the deployment.</summary>
    public const int Edges = 2;
}
