using System.Text.Json.Serialization;
using EdgeCache.Edge.Upstream;

namespace EdgeCache.Edge.Caching;

/// <summary>What is kept of a fact: the state of the stream that it came from, and the fact; none when upstream said that there is none.</summary>
/// <param name="Epoch">See <see cref="StreamStamp.Epoch"/>.</param>
/// <param name="AsOf">See <see cref="StreamStamp.AsOf"/>.</param>
/// <param name="At">See <see cref="StreamStamp.At"/>.</param>
/// <param name="Fact">The fact.</param>
internal sealed record CachedFact<T>(string Epoch, long AsOf, DateTimeOffset At, T? Fact)
    where T : class
{
    [JsonIgnore]
    public StreamStamp Stamp => new(Epoch, AsOf, At);
}

/// <summary>Where the directory said that a bucket lives, and whose it is; no region when nowhere.</summary>
internal sealed record CachedPlace(string? Region, string? Owner = null);
