using EdgeCache.Edge.Storage;
using EdgeCache.Shared.Replication;

namespace EdgeCache.Edge.Administration.Warming;

/// <summary>An object of a warm-up. Written by the runner; read by whoever asks.</summary>
internal sealed class WarmObject(string key, long size)
{
    private string? _error;

    public string Key => key;

    /// <summary>Its length as it was listed, then that of the version fetched.</summary>
    public long Size { get; set; } = size;

    /// <summary>The version that is fetched; null until it is known.</summary>
    public VersionFacts? Version { get; set; }

    /// <summary>The first thing that went wrong with it.</summary>
    public string? Error => Volatile.Read(ref _error);

    public void Fail(string error) => Interlocked.CompareExchange(ref _error, error, null);
}

/// <summary>One warm-up: what was asked for, and how far it has come. Any thread may read it; only its runner writes.</summary>
internal sealed class WarmJob(string id, WarmRequest request, string bucket, string by, DateTimeOffset createdAt, CancellationTokenSource stop) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly List<WarmObject> _objects = [];
    private WarmState _state = WarmState.Queued;
    private DateTimeOffset? _startedAt;
    private DateTimeOffset? _endedAt;
    private bool _isCancelled;
    private long _bytes;
    private long _bytesDone;
    private long _bytesFetched;
    private int _objectsDone;
    private long _resident = -1;
    private string? _error;

    public string Id => id;

    public WarmRequest Request => request;

    public string Bucket => bucket;

    /// <summary>The token that asked for it.</summary>
    public string By => by;

    public DateTimeOffset? DeadlineAt { get; } = request.DeadlineSeconds is { } seconds ? createdAt.AddSeconds(seconds) : null;

    public CancellationToken Stopping => stop.Token;

    /// <summary>Whether an operator ended it.</summary>
    public bool IsCancelled => Volatile.Read(ref _isCancelled);

    public bool HasEnded => _state is not (WarmState.Queued or WarmState.Listing or WarmState.Running);

    /// <summary>The objects found so far; the list only grows.</summary>
    public List<WarmObject> Objects
    {
        get
        {
            lock (_lock)
            {
                return [.. _objects];
            }
        }
    }

    /// <summary>How many objects were found so far.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _objects.Count;
            }
        }
    }

    public void Add(WarmObject found)
    {
        lock (_lock)
        {
            _objects.Add(found);
            _bytes += found.Size;
        }
    }

    /// <summary>The version of an object is known, and so is its size.</summary>
    public void Resolved(WarmObject of, VersionFacts version)
    {
        lock (_lock)
        {
            _bytes += version.Size - of.Size;
            (of.Version, of.Size) = (version, version.Size);
        }
    }

    /// <summary>So many bytes are done with, and were fetched for it or found here.</summary>
    public void Progress(long bytes, bool wasFetched)
    {
        Interlocked.Add(ref _bytesDone, bytes);
        if (wasFetched)
        {
            Interlocked.Add(ref _bytesFetched, bytes);
        }
    }

    public void ObjectDone() => Interlocked.Increment(ref _objectsDone);

    /// <summary>Another pass begins: what it finds is counted afresh.</summary>
    public void BeginPass()
    {
        Volatile.Write(ref _bytesDone, 0);
        Volatile.Write(ref _objectsDone, 0);
    }

    public void Enter(WarmState state, DateTimeOffset now)
    {
        lock (_lock)
        {
            _state = state;
            _startedAt ??= now;
        }
    }

    /// <summary>Ends it; the first ending holds.</summary>
    public void End(WarmState state, DateTimeOffset now, long? residentBytes, string? error)
    {
        lock (_lock)
        {
            if (HasEnded)
            {
                return;
            }

            (_state, _endedAt, _error) = (state, now, error ?? _objects.FirstOrDefault(static o => o.Error is not null)?.Error);
            _resident = residentBytes ?? -1;
        }
    }

    /// <summary>Ends it on behalf of an operator.</summary>
    public void Cancel()
    {
        Volatile.Write(ref _isCancelled, true);
        if (!HasEnded)
        {
            stop.Cancel();
        }
    }

    /// <summary>How many of its bytes are in the cache now.</summary>
    public long CountResident(ChunkCache store) =>
        Objects.Sum(o => o.Version is { } version ? store.ResidentBytes(version.Generation, version.Size) : 0);

    public WarmStatus Status(DateTimeOffset now)
    {
        lock (_lock)
        {
            var done = Volatile.Read(ref _bytesDone);
            double? rate = _startedAt is { } started && ((_endedAt ?? now) - started).TotalSeconds is > 0 and var seconds
                ? Volatile.Read(ref _bytesFetched) / seconds
                : null;
            return new WarmStatus(
                id, bucket, _state, by, createdAt, _startedAt, _endedAt, DeadlineAt, _objects.Count, Volatile.Read(ref _objectsDone), _bytes, done, rate,
                !HasEnded && rate > 0 ? Math.Max(0, _bytes - done) / rate : null, _resident < 0 ? null : _resident, _error);
        }
    }

    public void Dispose() => stop.Dispose();
}
