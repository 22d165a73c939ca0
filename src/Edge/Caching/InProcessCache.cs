using System.Collections.Concurrent;
using Microsoft.Extensions.Caching.Hybrid;

namespace EdgeCache.Edge.Caching;

/// <summary>A bounded in-memory cache of metadata.</summary>
internal sealed class InProcessCache(TimeProvider time) : HybridCache
{
    private const int MaxEntries = 1 << 20;

    private readonly ConcurrentDictionary<string, (object Value, DateTimeOffset Until)> _entries = new(StringComparer.Ordinal);

    public override ValueTask<T> GetOrCreateAsync<TState, T>(
        string key, TState state, Func<TState, CancellationToken, ValueTask<T>> factory, HybridCacheEntryOptions? options = null,
        IEnumerable<string>? tags = null, CancellationToken cancellationToken = default) =>
        _entries.TryGetValue(key, out var entry) && entry.Until > time.GetUtcNow() && entry.Value is T value
            ? ValueTask.FromResult(value)
            : options?.Flags?.HasFlag(HybridCacheEntryFlags.DisableUnderlyingData) == true ? ValueTask.FromResult(default(T)!) : factory(state, cancellationToken);

    public override ValueTask SetAsync<T>(
        string key, T value, HybridCacheEntryOptions? options = null, IEnumerable<string>? tags = null, CancellationToken cancellationToken = default)
    {
        if (_entries.Count >= MaxEntries)
        {
            _entries.Clear();
        }

        _entries[key] = (value!, time.GetUtcNow() + (options?.Expiration ?? TimeSpan.FromDays(1)));
        return ValueTask.CompletedTask;
    }

    public override ValueTask RemoveAsync(string key, CancellationToken cancellationToken = default)
    {
        _entries.TryRemove(key, out _);
        return ValueTask.CompletedTask;
    }

    public override ValueTask RemoveByTagAsync(string tag, CancellationToken cancellationToken = default) => throw new NotSupportedException();
}
