using System.Collections.Concurrent;
using EdgeCache.Shared.Replication;

namespace EdgeCache.Origin.Authorization;

/// <summary>
/// The facts of organizations in use. While the control feed is live an entry holds until a change names it; otherwise its user decides by its age.
/// An answer older than the last change applied is not kept.
/// </summary>
internal sealed class OrganizationCache(TimeProvider time)
{
    /// <summary>The most organizations; above it the cache starts over.</summary>
    public const int MaxEntries = 10_000;

    private readonly ConcurrentDictionary<string, CachedOrganization> _entries = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private long _lastChange;

    /// <summary>The position of the last change of organizations that was applied.</summary>
    public long LastChange => Volatile.Read(ref _lastChange);

    public CachedOrganization? Find(string id) => _entries.GetValueOrDefault(id);

    /// <summary>Keeps facts unless a newer change is known.</summary>
    public void Add(OrganizationFacts facts)
    {
        lock (_lock)
        {
            if (facts.AsOfSequence < _lastChange)
            {
                return;
            }

            if (_entries.Count >= MaxEntries)
            {
                _entries.Clear();
            }

            _entries[facts.Id] = new CachedOrganization(facts, time.GetTimestamp());
        }
    }

    /// <summary>Drops what the changes name.</summary>
    public void Apply(IReadOnlyList<ChangeRecord> records)
    {
        foreach (var record in records)
        {
            if (record.Kind != ChangeKind.OrganizationChanged)
            {
                continue;
            }

            lock (_lock)
            {
                _lastChange = Math.Max(_lastChange, record.Sequence);
                _entries.TryRemove(record.Key, out _);
            }
        }
    }

    /// <summary>Distrusts everything.</summary>
    /// <param name="position">The feed's position from which on answers may be kept; positions seen before are void.</param>
    public void Clear(long position)
    {
        lock (_lock)
        {
            _lastChange = position;
            _entries.Clear();
        }
    }
}

/// <summary>Facts that were read before.</summary>
/// <param name="Facts">The facts.</param>
/// <param name="Since">When they were received, as a timestamp of the time provider.</param>
internal sealed record CachedOrganization(OrganizationFacts Facts, long Since);
