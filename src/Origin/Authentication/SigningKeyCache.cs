using System.Collections.Concurrent;
using EdgeCache.Shared.Replication;
using EdgeCache.Shared.SigV4;

namespace EdgeCache.Origin.Authentication;

/// <summary>
/// The signing keys in use, and the access key ids known not to exist. While the control feed is live an entry holds until a change names it;
/// otherwise the caller decides by the entry's age. An answer older than the last change applied is used once but not kept, so that
/// a revocation that overtakes an answer on its way is not undone by it. Ids that name nothing have a bound of their own: made-up ones evict no key.
/// </summary>
internal sealed class SigningKeyCache(TimeProvider time)
{
    /// <summary>The most keys; above it the cache starts over, which costs each active key one question.</summary>
    public const int MaxEntries = 20_000;

    /// <summary>The most ids known not to exist; above it they are all forgotten.</summary>
    public const int MaxAbsent = 4096;

    private readonly ConcurrentDictionary<string, ConcurrentDictionary<SigV4Scope, CachedSigningKey>> _byAccessKey = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, CachedSigningKey> _absent = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private long _lastChange;
    private int _count;

    /// <summary>The position of the last change of keys that was applied.</summary>
    public long LastChange => Volatile.Read(ref _lastChange);

    public CachedSigningKey? Find(string accessKeyId, SigV4Scope scope) =>
        _byAccessKey.TryGetValue(accessKeyId, out var scopes) && scopes.TryGetValue(scope, out var entry) ? entry
        : _absent.TryGetValue(accessKeyId, out entry) ? entry
        : null;

    /// <summary>Keeps an answer unless a newer change is known, and returns it in usable form.</summary>
    public CachedSigningKey Add(string accessKeyId, SigV4Scope scope, SigningKeyReply reply)
    {
        var entry = new CachedSigningKey(reply, reply.Key is null ? null : new SigningKey(reply.Key), time.GetTimestamp());
        lock (_lock)
        {
            if (reply.AsOfSequence >= _lastChange)
            {
                Keep(accessKeyId, scope, entry);
            }
        }

        return entry;
    }

    /// <summary>Drops what the changes name.</summary>
    public void Apply(IReadOnlyList<ChangeRecord> records)
    {
        if (records.Count == 0)
        {
            return;
        }

        lock (_lock)
        {
            foreach (var record in records)
            {
                switch (record.Kind)
                {
                    case ChangeKind.AccessKeyChanged:
                        _lastChange = Math.Max(_lastChange, record.Sequence);
                        Drop(record.Key);
                        break;
                    case ChangeKind.PrincipalChanged:
                        _lastChange = Math.Max(_lastChange, record.Sequence);
                        foreach (var (accessKeyId, _) in _byAccessKey.Where(k => k.Value.Values.Any(e => e.Reply.Principal?.Name == record.Key)))
                        {
                            Drop(accessKeyId);
                        }

                        break;
                    case ChangeKind.OrganizationChanged or ChangeKind.ObjectChanged or ChangeKind.BucketChanged or ChangeKind.BucketDeleted:
                        break;
                }
            }
        }
    }

    /// <summary>Distrusts everything.</summary>
    /// <param name="position">The feed's position from which on answers may be kept.</param>
    /// <param name="newHistory">Whether positions seen before are void.</param>
    public void Clear(long position, bool newHistory)
    {
        lock (_lock)
        {
            _lastChange = newHistory ? position : Math.Max(_lastChange, position);
            Empty();
            _absent.Clear();
        }
    }

    private void Keep(string accessKeyId, SigV4Scope scope, CachedSigningKey entry)
    {
        if (entry.Key is null)
        {
            Drop(accessKeyId);
            if (_absent.Count >= MaxAbsent)
            {
                _absent.Clear();
            }

            _absent[accessKeyId] = entry;
            return;
        }

        _absent.TryRemove(accessKeyId, out _);
        if (_count >= MaxEntries)
        {
            Empty();
        }

        var scopes = _byAccessKey.GetOrAdd(accessKeyId, static _ => new());
        if (scopes.TryAdd(scope, entry))
        {
            _count++;
        }
        else
        {
            scopes[scope] = entry;
        }
    }

    private void Drop(string accessKeyId)
    {
        _absent.TryRemove(accessKeyId, out _);
        if (_byAccessKey.TryRemove(accessKeyId, out var scopes))
        {
            _count -= scopes.Count;
        }
    }

    private void Empty()
    {
        _byAccessKey.Clear();
        _count = 0;
    }
}

/// <summary>An answer of the control plane, with its key ready for use.</summary>
/// <param name="Reply">The answer.</param>
/// <param name="Key">The signing key; null when the access key can't be used.</param>
/// <param name="Since">When it was received, as a timestamp of the time provider.</param>
internal sealed record CachedSigningKey(SigningKeyReply Reply, SigningKey? Key, long Since);
