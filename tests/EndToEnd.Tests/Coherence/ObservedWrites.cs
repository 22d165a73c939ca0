namespace EdgeCache.EndToEnd.Tests.Coherence;

/// <summary>
/// The writes of one key, with which reads saw which. A write whose outcome nobody was told has taken effect by the end of the first read that saw it;
/// one that no read saw bounds nothing.
/// </summary>
internal sealed class ObservedWrites
{
    /// <summary>Stands for the time before the first write, in which the key does not exist.</summary>
    public const long Initial = 0;

    private readonly Dictionary<long, WriteOperation> _byId = [];
    private readonly Dictionary<string, long> _byMarker = new(StringComparer.Ordinal);
    private readonly Dictionary<long, TimeSpan> _inEffect = [];
    private readonly List<long> _unknownDeletes = [];
    private readonly WriteOperation[] _byStart;
    private readonly TimeSpan[] _firstEndFrom;
    private readonly bool _deletes;

    public ObservedWrites(KeyHistory history)
    {
        _byId[Initial] = new WriteOperation(Initial, TimeSpan.MinValue, TimeSpan.MinValue, ETag: null);
        foreach (var write in history.Writes)
        {
            _byId.Add(write.Id, write);
            _deletes |= write.IsDelete;
            if (write.Marker is not null)
            {
                _byMarker.Add(write.Marker, write.Id);
            }
            else if (write is { IsDelete: true, End: null })
            {
                _unknownDeletes.Add(write.Id);
            }
        }

        foreach (var write in _byId.Values.Where(static w => w.End is not null))
        {
            _inEffect[write.Id] = write.End!.Value;
        }

        foreach (var read in history.Reads)
        {
            if (Candidates(read) is [var id] && (!_inEffect.TryGetValue(id, out var known) || read.End < known))
            {
                _inEffect[id] = read.End;
            }
        }

        _byStart = [.. history.Writes.OrderBy(static w => w.Start)];
        _firstEndFrom = new TimeSpan[_byStart.Length + 1];
        _firstEndFrom[^1] = TimeSpan.MaxValue;
        for (var i = _byStart.Length - 1; i >= 0; i--)
        {
            // Only what is surely in effect overwrites.
            var end = _inEffect.TryGetValue(_byStart[i].Id, out var at) ? at : TimeSpan.MaxValue;
            _firstEndFrom[i] = end < _firstEndFrom[i + 1] ? end : _firstEndFrom[i + 1];
        }
    }

    /// <summary>The write of that number; null when there is none.</summary>
    public WriteOperation? Find(long id) => _byId.GetValueOrDefault(id);

    /// <summary>
    /// The writes that a read may have seen: one if it tells which, several if it saw that there is no object and does not tell by which deletion;
    /// none if nobody wrote what it saw.
    /// </summary>
    public IReadOnlyList<long> Candidates(ReadOperation read)
    {
        if (read.Write is { } id)
        {
            return _byId.TryGetValue(id, out var write) && !write.IsDelete ? [id] : [];
        }

        if (read.Marker is not null)
        {
            return _byMarker.TryGetValue(read.Marker, out var known) ? [known] : _unknownDeletes;
        }

        return _byMarker.Count > 0 || !_deletes ? [Initial] : [.. _byId.Values.Where(static w => w.IsDelete).Select(static w => w.Id)];
    }

    /// <summary>The earliest moment by which a write that surely came after this one was surely in effect; the end of time when there is none.</summary>
    public TimeSpan OverwrittenAt(long id)
    {
        if (!_inEffect.TryGetValue(id, out var inEffect))
        {
            return TimeSpan.MaxValue;
        }

        var (low, high) = (0, _byStart.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = _byStart[middle].Start > inEffect ? (low, middle) : (middle + 1, high);
        }

        return _firstEndFrom[low];
    }
}
