namespace EdgeCache.Origin.Identity.Federation.Oidc;

/// <summary>
/// The keys of issuers, kept for <see cref="Lifetime"/>. A key id that is not among them makes them be fetched anew, but never more often than
/// every <see cref="MinInterval"/>, so that made-up key ids can't be used to make this service flood an issuer. One fetch at a time for each
/// issuer; it belongs to no caller and goes on when he leaves. When an issuer is away, its last keys serve for <see cref="MaxStale"/>.
/// </summary>
internal sealed class IssuerKeys(IssuerClient client, TimeProvider time)
{
    /// <summary>How many issuers are remembered; beyond that, the one that was asked the longest ago is forgotten.</summary>
    public const int MaxIssuers = 1_000;

    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    public static readonly TimeSpan MaxStale = TimeSpan.FromHours(24);

    public static readonly TimeSpan MinInterval = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    /// <summary>The keys of an issuer, if possible with that one among them; null when they can't be had.</summary>
    public async Task<IssuerKeySet?> GetAsync(string issuer, string? keyId, CancellationToken cancellationToken)
    {
        Task fetch;
        Entry entry;
        lock (_gate)
        {
            entry = FindOrAdd(issuer);
            var now = time.GetUtcNow();
            if (entry.Keys is { } fresh && now - entry.FetchedAt < Lifetime && fresh.Has(keyId))
            {
                return fresh;
            }

            if (entry.Fetch is null && now - entry.AskedAt >= MinInterval)
            {
                entry.AskedAt = now;
                entry.Fetch = FetchAsync(issuer, entry);
            }

            fetch = entry.Fetch ?? Task.CompletedTask;
        }

        await fetch.WaitAsync(cancellationToken);
        lock (_gate)
        {
            return time.GetUtcNow() - entry.FetchedAt < MaxStale ? entry.Keys : null;
        }
    }

    private async Task FetchAsync(string issuer, Entry entry)
    {
        // Off the caller's lock before anything else happens.
        await Task.Yield();
        var keys = await client.FetchAsync(issuer);
        lock (_gate)
        {
            entry.Fetch = null;
            if (keys is not null)
            {
                (entry.Keys, entry.FetchedAt) = (keys, time.GetUtcNow());
            }
        }
    }

    private Entry FindOrAdd(string issuer)
    {
        if (_entries.TryGetValue(issuer, out var entry))
        {
            return entry;
        }

        if (_entries.Count >= MaxIssuers)
        {
            _entries.Remove(_entries.MinBy(static e => e.Value.AskedAt).Key);
        }

        entry = new Entry();
        _entries.Add(issuer, entry);
        return entry;
    }

    private sealed class Entry
    {
        public IssuerKeySet? Keys { get; set; }

        public DateTimeOffset FetchedAt { get; set; } = DateTimeOffset.MinValue;

        public DateTimeOffset AskedAt { get; set; } = DateTimeOffset.MinValue;

        public Task? Fetch { get; set; }
    }
}
