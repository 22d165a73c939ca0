using System.Diagnostics.CodeAnalysis;
using EdgeCache.Edge.Storage.Memory;
using Microsoft.Extensions.Caching.Hybrid;

namespace EdgeCache.Edge.Caching;

/// <summary>The metadata of the edge in a <see cref="HybridCache"/>, used as a store: what to fetch when, and what to believe, is decided by its callers.</summary>
internal sealed class MetadataCache(HybridCache cache)
{
    /// <summary>A safety net against entries that nobody asks for; correctness never depends on it.</summary>
    private static readonly TimeSpan Expiration = TimeSpan.FromDays(7);

    private static readonly HybridCacheEntryOptions Look = new() { Flags = HybridCacheEntryFlags.DisableUnderlyingData };

    private static readonly HybridCacheEntryOptions LookInMemory = new()
    {
        Flags = HybridCacheEntryFlags.DisableUnderlyingData | HybridCacheEntryFlags.DisableDistributedCache,
    };

    private readonly FasterHybridCache? _faster = cache as FasterHybridCache;

    /// <summary>The entry if it is in memory; false too when the cache can't tell without more ado.</summary>
    public bool TryFindInMemory<T>(ReadOnlySpan<char> key, [NotNullWhen(true)] out T? entry)
        where T : class
    {
        entry = null;
        return _faster?.TryGetLocal(key, out entry) == true && entry is not null;
    }

    /// <summary>The entry, or null. <paramref name="inMemory"/>: never looked for on disk.</summary>
    public ValueTask<T?> FindAsync<T>(string key, bool inMemory, CancellationToken cancellationToken)
        where T : class =>
        cache.GetOrCreateAsync<T?>(key, static _ => ValueTask.FromResult<T?>(null), inMemory ? LookInMemory : Look, null, cancellationToken);

    /// <summary>Keeps an entry. <paramref name="inMemory"/>: secrets, and what is not worth the disk, are never written there.</summary>
    public ValueTask KeepAsync<T>(string key, T entry, bool inMemory, TimeSpan? expiration = null)
        where T : class =>
        cache.SetAsync(key, entry, new HybridCacheEntryOptions
        {
            Expiration = expiration ?? Expiration,
            LocalCacheExpiration = expiration ?? Expiration,
            Flags = inMemory ? HybridCacheEntryFlags.DisableDistributedCache : HybridCacheEntryFlags.None,
        });

    public ValueTask DropAsync(string key) => cache.RemoveAsync(key);
}
