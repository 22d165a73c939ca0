namespace EdgeCache.Load.FarLink;

/// <summary>What the <c>far</c> command measures.</summary>
/// <param name="RoundTrip">The way's round trip.</param>
/// <param name="Window">The bytes on their way per connection and direction.</param>
/// <param name="Size">The size of the large object.</param>
/// <param name="Ways">The connections of the ranged downloader.</param>
/// <param name="Part">The size of its ranges.</param>
/// <param name="Rounds">How often each is measured, in turn.</param>
/// <param name="FirstBytes">How many cold objects are read for the first byte.</param>
/// <param name="CacheSize">The edge's disk budget.</param>
/// <param name="EdgeArguments">Further arguments of the edge.</param>
internal sealed record FarLinkSettings(
    TimeSpan RoundTrip, int Window, long Size, int Ways, long Part, int Rounds, int FirstBytes, long CacheSize, IReadOnlyList<string> EdgeArguments);
