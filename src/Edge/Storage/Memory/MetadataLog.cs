namespace EdgeCache.Edge.Storage.Memory;

/// <summary>
/// The log behind the memory: what makes a restart warm. It is its own journal: an index in memory says where each key's newest record lies,
/// and is rebuilt by a scan. Changes gather in memory, where they can be read at once, and one worker commits them in batches. The log is
/// bounded: its oldest segment goes, after what is live in it has been appended again, or without that when most of the log is live. A log
/// that is damaged or fails is thrown away as a whole, because what is missing could be a removal.
/// </summary>
internal sealed class MetadataLog : IAsyncDisposable
{
    /// <summary>Changes of keys that the log does not know yet; when so many wait, further ones are not kept.</summary>
    private const int MaxPending = 8192;

    /// <summary>The bytes of one batch, beyond which a commit is due.</summary>
    private const int MaxBatchBytes = 512 << 10;

    private readonly FasterHybridCacheOptions options;
    private readonly InvalidationClock clock;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly MetadataLogFile file;
    private readonly Lock gate = new();
    private readonly Dictionary<string, MetadataPlace> index;
    private readonly SemaphoreSlim wake = new(0, 1);
    private readonly CancellationTokenSource stopping = new();
    private readonly Task worker;

    // Under the gate: the newest change of each key, the batch that the worker writes, and tags.
    private Dictionary<string, MetadataRecord> pending = new(StringComparer.Ordinal);
    private Dictionary<string, MetadataRecord> writing = new(StringComparer.Ordinal);
    private List<MetadataRecord> pendingTags = [];
    private List<TaskCompletionSource<bool>> flushers = [];
    private bool working;

    private MetadataLog(
        FasterHybridCacheOptions options, InvalidationClock clock, TimeProvider time, ILogger logger, MetadataLogFile file, Dictionary<string, MetadataPlace> index)
    {
        this.options = options;
        this.clock = clock;
        this.time = time;
        this.logger = logger;
        this.file = file;
        this.index = index;
        working = true;
        worker = Task.Run(RunAsync);
    }

    /// <summary>Keys that have a committed value.</summary>
    public int Count
    {
        get
        {
            lock (gate)
                return index.Count;
        }
    }

    /// <summary>Disk space accounted to the log, in bytes.</summary>
    public long DiskBytes => file.DiskBytes;

    /// <summary>Opens the log and reads what an earlier process left; removals advance the clock and are remembered in it.</summary>
    /// <exception cref="IOException">The directory cannot be used.</exception>
    public static async Task<MetadataLog> OpenAsync(FasterHybridCacheOptions options, InvalidationClock clock, TimeProvider time, ILogger logger)
    {
        var file = new MetadataLogFile(options);
        var index = new Dictionary<string, MetadataPlace>(StringComparer.Ordinal);
        var intact = true;
        // The visitor runs inside FASTER, where an exception would leave a lock behind.
        if (!file.Open((address, record) => intact &= Replay(index, clock, address, record)) || !intact)
        {
            logger.MetadataLogDamaged();
            index.Clear();
            await file.StartAnewAsync();
        }

        return new MetadataLog(options, clock, time, logger, file, index);
    }

    /// <summary>Whether looking for the key's value could find it.</summary>
    public bool MayContain(string key)
    {
        lock (gate)
            return index.ContainsKey(key) || pending.ContainsKey(key) || writing.ContainsKey(key);
    }

    /// <summary>Finds a key's value; null when there is none, it has expired or was removed, or it cannot be read.</summary>
    public async ValueTask<MetadataRecord?> TryGetAsync(string key, CancellationToken cancellationToken)
    {
        MetadataPlace place;
        lock (gate)
        {
            if (pending.TryGetValue(key, out var change) || writing.TryGetValue(key, out change))
                return change.Kind == MetadataRecordKind.Value && IsLive(change) ? change : null;
            if (!index.TryGetValue(key, out place))
                return null;
        }

        var bytes = await file.ReadAsync(place, cancellationToken);
        var record = bytes is null ? null : MetadataRecord.TryRead(bytes);
        return record is { Kind: MetadataRecordKind.Value } && record.Key == key && IsLive(record) ? record : null;
    }

    /// <summary>Keeps a value; in memory at once, on disk with the next commit.</summary>
    public void Set(MetadataRecord value)
    {
        lock (gate)
        {
            if (!working)
                return;

            var known = index.ContainsKey(value.Key) || writing.ContainsKey(value.Key) || pending.ContainsKey(value.Key);
            if (!known && (pending.Count >= MaxPending || index.Count >= options.MaxDiskEntries))
                return;

            pending[value.Key] = value;
        }

        Wake();
    }

    /// <summary>Removes a key's value; on disk with the next commit.</summary>
    public void Remove(string key, long removedAt)
    {
        lock (gate)
        {
            var known = index.Remove(key) || writing.ContainsKey(key) || pending.ContainsKey(key);
            if (!known || !working)
                return;

            pending[key] = new MetadataRecord(MetadataRecordKind.RemovedKey, key, [], removedAt, 0, default);
        }

        Wake();
    }

    /// <summary>Notes that a tag was removed; on disk with the next commit.</summary>
    public void RemoveTag(string tag, long removedAt)
    {
        lock (gate)
        {
            if (!working)
                return;

            // Of the same tag only the latest removal says anything, so a tag that is removed over and over takes one record per batch.
            pendingTags.RemoveAll(record => record.Key == tag);
            if (pendingTags.Count >= MaxPending)
            {
                pendingTags.Clear();
                tag = InvalidationClock.AllTag;
            }

            pendingTags.Add(new MetadataRecord(MetadataRecordKind.RemovedTag, tag, [], removedAt, 0, default));
        }

        Wake();
    }

    /// <summary>
    /// Completes when all changes up to here are on disk, or nothing that a restart could bring back is left there. False when neither could be
    /// had: then a restart may bring removed values back.
    /// </summary>
    public async ValueTask<bool> FlushAsync(CancellationToken cancellationToken)
    {
        var flusher = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (gate)
        {
            if (!working)
                return file.IsDeleted;

            flushers.Add(flusher);
        }

        Wake();
        return await flusher.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Commits what is left and closes the log.</summary>
    public async ValueTask DisposeAsync()
    {
        await FlushAsync(CancellationToken.None);
        await stopping.CancelAsync();
        await worker;
        await file.DisposeAsync();
    }

    private static bool Replay(Dictionary<string, MetadataPlace> index, InvalidationClock clock, long address, ReadOnlySpan<byte> bytes)
    {
        if (MetadataRecord.TryRead(bytes.ToArray()) is not { } record)
            return false;

        clock.AdvanceTo(record.Time);
        switch (record.Kind)
        {
            case MetadataRecordKind.Value:
                index[record.Key] = new MetadataPlace(address, bytes.Length);
                break;
            case MetadataRecordKind.RemovedKey:
                index.Remove(record.Key);
                break;
            case MetadataRecordKind.RemovedTag:
                clock.RestoreTag(record.Key, record.Time);
                break;
        }

        return true;
    }

    private bool IsLive(MetadataRecord record) =>
        record.ExpiresUnixMilliseconds > time.GetUtcNow().ToUnixTimeMilliseconds() && clock.AreTagsCurrent(record.Tags, record.Time);

    private void Wake()
    {
        lock (gate)
        {
            if (wake.CurrentCount == 0)
                wake.Release();
        }
    }

    private async Task RunAsync()
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await wake.WaitAsync(stopping.Token);
                await GatherAsync();
                while (await WriteBatchAsync())
                {
                    // More came in the meantime, or did not fit.
                }
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                break;
            }
            catch (Exception e)
            {
                // Mostly an I/O error. Whatever it is, what is on disk is no longer known, and nobody may wait for it for ever.
                await StartAnewAsync(e);
            }
        }

        FailFlushers(false);
    }

    // A commit that nobody waits for may gather more; one that somebody waits for starts at once.
    private async Task GatherAsync()
    {
        lock (gate)
        {
            if (flushers.Count > 0)
                return;
        }

        using var until = CancellationTokenSource.CreateLinkedTokenSource(stopping.Token);
        var delay = Task.Delay(options.CommitDelay, time, until.Token);
        var flush = wake.WaitAsync(until.Token);
        while (await Task.WhenAny(delay, flush) == flush && flush.IsCompletedSuccessfully)
        {
            lock (gate)
            {
                if (flushers.Count > 0)
                    break;
            }

            flush = wake.WaitAsync(until.Token);
        }

        await until.CancelAsync();
        await Task.WhenAny(flush);
        stopping.Token.ThrowIfCancellationRequested();
    }

    private async Task<bool> WriteBatchAsync()
    {
        List<MetadataRecord> tags;
        List<TaskCompletionSource<bool>> waiting;
        lock (gate)
        {
            (writing, pending) = (pending, new Dictionary<string, MetadataRecord>(StringComparer.Ordinal));
            (tags, pendingTags) = (pendingTags, []);
            (waiting, flushers) = (flushers, []);
        }

        try
        {
            var places = new List<(MetadataRecord Record, MetadataPlace Place)>(writing.Count);
            long batchBytes = 0;
            foreach (var change in tags.Concat(writing.Values))
            {
                // A value that a tag's removal has overtaken must not follow that removal into the log.
                var record = change.Kind == MetadataRecordKind.Value && !IsLive(change) ? AsRemoval(change) : change;
                var bytes = record.TryWrite();
                if (bytes is null && record.Kind == MetadataRecordKind.Value)
                    bytes = (record = AsRemoval(record)).TryWrite();
                if (bytes is null)
                    continue; // A key that no record can hold was never written either.

                places.Add((record, await file.AppendAsync(bytes)));
                batchBytes += bytes.Length;
                if (batchBytes > MaxBatchBytes)
                {
                    await CommitAsync(places);
                    batchBytes = 0;
                }
            }

            await CommitAsync(places);
        }
        catch
        {
            lock (gate)
                flushers.AddRange(waiting);

            throw;
        }

        foreach (var flusher in waiting)
            flusher.TrySetResult(true);

        lock (gate)
        {
            writing = new Dictionary<string, MetadataRecord>(StringComparer.Ordinal);
            return pending.Count + pendingTags.Count + flushers.Count > 0;
        }
    }

    private async Task CommitAsync(List<(MetadataRecord Record, MetadataPlace Place)> places)
    {
        await file.CommitAsync();
        lock (gate)
        {
            foreach (var (record, place) in places)
            {
                if (record.Kind == MetadataRecordKind.Value)
                    index[record.Key] = place;
                else if (record.Kind != MetadataRecordKind.RemovedTag)
                    index.Remove(record.Key);
            }
        }

        places.Clear();
        while (file.CanDrop && (file.IsFull || Count >= options.MaxDiskEntries))
            await DropOldestAsync();
    }

    // What is live in the oldest segment is appended again while that can be had without turning the whole log over.
    private async Task DropOldestAsync()
    {
        var cut = file.EndOfOldest;
        List<KeyValuePair<string, MetadataPlace>> old;
        bool keep;
        lock (gate)
        {
            old = index.Where(entry => entry.Value.Address < cut).ToList();
            keep = index.Values.Sum(place => (long)place.Length) < options.DiskCapacity / 2 && index.Count < options.MaxDiskEntries;
        }

        foreach (var (key, place) in old)
        {
            var bytes = keep ? await file.ReadAsync(place, CancellationToken.None) : null;
            var live = bytes is not null && MetadataRecord.TryRead(bytes) is { } record && record.Key == key && IsLive(record);
            MetadataPlace? moved = live ? await file.AppendAsync(bytes!) : null;
            lock (gate)
            {
                if (!index.TryGetValue(key, out var current) || current != place)
                    continue;

                if (moved is { } newPlace)
                    index[key] = newPlace;
                else
                    index.Remove(key);
            }
        }

        await file.TruncateAsync(cut);
    }

    private static MetadataRecord AsRemoval(MetadataRecord value) =>
        new(MetadataRecordKind.RemovedKey, value.Key, [], value.Time, 0, default);

    // A log that failed may hold values whose removal it could not take: it is deleted, and an empty one takes its place.
    private async Task StartAnewAsync(Exception fault)
    {
        logger.MetadataLogFailed(fault);
        lock (gate)
        {
            working = false;
            index.Clear();
            pending.Clear();
            writing.Clear();
            pendingTags.Clear();
        }

        while (true)
        {
            try
            {
                await file.StartAnewAsync();
                lock (gate)
                    working = true;

                FailFlushers(true);
                return;
            }
            catch (IOException e)
            {
                logger.MetadataLogFailed(e);
                FailFlushers(file.IsDeleted);
            }

            await Task.Delay(options.RebuildDelay, time, stopping.Token).ContinueWith(static _ => { }, TaskScheduler.Default);
            if (stopping.IsCancellationRequested)
                return;
        }
    }

    private void FailFlushers(bool outcome)
    {
        List<TaskCompletionSource<bool>> waiting;
        lock (gate)
            (waiting, flushers) = (flushers, []);

        foreach (var flusher in waiting)
            flusher.TrySetResult(outcome);
    }
}
