using FASTER.core;

namespace EdgeCache.Edge.Storage.Nvme;

/// <summary>Where a <see cref="RecordLog"/> lies and how it is sized; sizes are powers of two, in bytes.</summary>
internal sealed record RecordLogOptions
{
    /// <summary>An existing directory; the log owns the files that begin with <see cref="Name"/>.</summary>
    public required string Directory { get; init; }

    /// <summary>The files' common name.</summary>
    public required string Name { get; init; }

    /// <summary>The size of a page; no record may be larger less 4 bytes. It must not change over a log's life.</summary>
    public required int PageSize { get; init; }

    /// <summary>The size of a file; it must not change over a log's life.</summary>
    public required long SegmentSize { get; init; }

    /// <summary>Pages held in memory until they are flushed.</summary>
    public int Pages { get; init; } = 4;

    /// <summary>Whether a commit reaches the medium, not only the page cache.</summary>
    public bool Sync { get; init; }

    /// <summary>How long a commit may take before the log counts as failed.</summary>
    public TimeSpan CommitTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Told of the bytes of each write that reached a file; on any thread.</summary>
    public Action<int>? Written { get; init; }

    /// <summary>Puts something between the log and its device: how tests inject faults.</summary>
    public Func<IDevice, IDevice>? WrapDevice { get; init; }
}

/// <summary>Looks at one record of a log; the bytes are only valid during the call.</summary>
/// <param name="address">The record's place in the log.</param>
/// <param name="record">The record as it was appended; its content is not verified by the log.</param>
internal delegate void RecordVisitor(long address, ReadOnlySpan<byte> record);

/// <summary>
/// A log of small records that is its own journal: what was committed before the process ended is there when it is opened again. One
/// FasterLog on our device and commit manager. Records carry their own checksums. Appending, committing and truncating belong to one caller
/// at a time.
/// </summary>
internal sealed class RecordLog : IAsyncDisposable
{
    /// <summary>The bytes that FASTER puts before each record: its length.</summary>
    public const int FrameSize = sizeof(int);

    /// <summary>The most damaged places that a replay steps over before it gives the rest up.</summary>
    private const int MaxDamagedPlaces = 10_000;

    private readonly RecordLogOptions options;
    private readonly TimeProvider time;
    private readonly SegmentTable segments;
    private readonly SegmentDevice device;
    private readonly TwoSlotCommitManager commits;
    private readonly FasterLog log;

    private RecordLog(RecordLogOptions options, TimeProvider time)
    {
        this.options = options;
        this.time = time;
        var path = Path.Combine(options.Directory, options.Name);
        segments = new SegmentTable(options.Directory, options.Name, options.SegmentSize);
        device = new SegmentDevice(segments, path, options.Written);
        commits = new TwoSlotCommitManager(path + "-commit", options.Sync);
        try
        {
            segments.OpenExisting(0, int.MaxValue);
            log = new FasterLog(new FasterLogSettings
            {
                LogDevice = options.WrapDevice?.Invoke(device) ?? device,
                LogCommitManager = commits,
                PageSize = options.PageSize,
                MemorySize = (long)options.PageSize * options.Pages,
                SegmentSize = options.SegmentSize,
                TryRecoverLatest = false,
            });
            log.Recover();
        }
        catch
        {
            commits.Dispose();
            segments.Dispose();
            throw;
        }
    }

    /// <summary>The address of the oldest record.</summary>
    public long BeginAddress => log.BeginAddress;

    /// <summary>The address after the newest record.</summary>
    public long TailAddress => log.TailAddress;

    /// <summary>Disk space accounted to the log, in bytes: every segment at its full size.</summary>
    public long DiskBytes => ((segments.Live + segments.Dying) * options.SegmentSize) + TwoSlotCommitManager.DiskBytes;

    /// <summary>Opens a log with what was committed to it.</summary>
    /// <exception cref="IOException">The files cannot be opened or read.</exception>
    public static RecordLog Open(RecordLogOptions options, TimeProvider time)
    {
        try
        {
            return new RecordLog(options, time);
        }
        catch (FasterException e)
        {
            throw new IOException($"The log {options.Name} cannot be recovered: {e.Message}", e);
        }
    }

    /// <summary>Deletes a closed log's files.</summary>
    public static void Delete(string directory, string name)
    {
        File.Delete(Path.Combine(directory, name + "-commit"));
        foreach (var path in Directory.EnumerateFiles(directory, name + ".*"))
            File.Delete(path);
    }

    /// <summary>Visits all committed records in order, steps over what cannot be read, and returns the number of places where it had to.</summary>
    public int Replay(RecordVisitor visitor)
    {
        // Files that a newer commit truncated are gone, even when an older commit had to be used.
        var first = segments.First is { } id ? Math.Max(log.BeginAddress, id * options.SegmentSize) : log.BeginAddress;
        var consumer = new Consumer(visitor, first, options.PageSize);
        using var scan = log.Scan(first, log.CommittedUntilAddress);
        var damaged = 0;
        while (damaged < MaxDamagedPlaces)
        {
            try
            {
                if (!scan.TryConsumeNext(consumer))
                    break;
            }
            catch (FasterException)
            {
                damaged++;
            }
        }

        return damaged + consumer.Gaps + (consumer.Expected == log.CommittedUntilAddress ? 0 : 1);
    }

    /// <summary>Appends a record to the log's memory; false when that is full until the next commit.</summary>
    /// <exception cref="IOException">The log has failed and must be opened anew.</exception>
    public bool TryAppend(ReadOnlySpan<byte> record, out long address)
    {
        try
        {
            return log.TryEnqueue(record, out address);
        }
        catch (FasterException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    /// <summary>Appends a record, committing first when the memory is full.</summary>
    /// <returns>The record's address.</returns>
    /// <exception cref="IOException">The log has failed and must be opened anew.</exception>
    public async ValueTask<long> AppendAsync(ReadOnlyMemory<byte> record, CancellationToken cancellationToken)
    {
        long address;
        while (!TryAppend(record.Span, out address))
            await CommitAsync(cancellationToken);

        return address;
    }

    /// <summary>Completes when all records appended so far, and the truncation, are in the files.</summary>
    /// <exception cref="IOException">The log has failed or took too long, and must be opened anew.</exception>
    public async ValueTask CommitAsync(CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(options.CommitTimeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            var tail = log.TailAddress;
            var from = log.CommittedUntilAddress;
            log.Commit();
            await log.WaitForCommitAsync(tail, token: linked.Token);
            if (options.Sync)
            {
                for (var segment = from / options.SegmentSize; segment * options.SegmentSize < tail; segment++)
                    segments.Sync((int)segment);
            }
        }
        catch (FasterException e)
        {
            throw new IOException(e.Message, e);
        }
        catch (OperationCanceledException e) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new IOException($"The log {options.Name} did not commit within {options.CommitTimeout}.", e);
        }

        if (commits.Fault is { } fault)
            throw new IOException(fault.Message, fault);

        // FASTER removes truncated files in its own time; the bound on the disk is kept now.
        while (segments.First is { } first && (first + 1) * options.SegmentSize <= log.CommittedBeginAddress)
            segments.Retire(first);
    }

    /// <summary>Gives up all records before <paramref name="address"/>, the address of a record, with the next commit.</summary>
    public void TruncateUntil(long address) => log.TruncateUntil(address);

    /// <summary>Reads bytes of a committed record; false when they cannot be read.</summary>
    /// <param name="address">The record's address.</param>
    /// <param name="destination">Filled from the record's first byte on.</param>
    /// <param name="cancellationToken">Stops the wait for the disk.</param>
    public async ValueTask<bool> ReadAsync(long address, Memory<byte> destination, CancellationToken cancellationToken)
    {
        if (!segments.TryAcquire((int)(address / options.SegmentSize), out var segment))
            return false;

        try
        {
            var offset = (address % options.SegmentSize) + FrameSize;
            while (!destination.IsEmpty)
            {
                var read = await RandomAccess.ReadAsync(segment.Handle, destination, offset, cancellationToken);
                if (read == 0)
                    return false;

                destination = destination[read..];
                offset += read;
            }

            return true;
        }
        catch (IOException)
        {
            return false;
        }
        finally
        {
            segment.Release();
        }
    }

    /// <summary>Refuses new I/O, and completes when none is under way.</summary>
    public Task DrainAsync() => device.DrainAsync();

    /// <summary>Stops I/O, waits for what is under way as long as a commit may take, and closes the files. What was not committed is lost.</summary>
    public async ValueTask DisposeAsync()
    {
        // FASTER's memory is the source of writes under way, and its Dispose waits for its own workers: neither may hold up the caller for ever.
        var closing = Task.Run(async () =>
        {
            await device.DrainAsync();
            log.Dispose();
        });
        try
        {
            await closing.WaitAsync(options.CommitTimeout, time);
        }
        catch (TimeoutException)
        {
            // A device that does not answer: its memory stays allocated until it does.
        }

        commits.Dispose();
        segments.Dispose();
    }

    // FASTER takes a length of zero for the padding at the end of a page, and skips what follows on the page without a word. Padding is only
    // there when the next record did not fit before it: any other gap is damage.
    private sealed class Consumer(RecordVisitor visitor, long first, int pageSize) : ILogEntryConsumer
    {
        /// <summary>Where the next record should begin.</summary>
        public long Expected { get; private set; } = first;

        /// <summary>Gaps between records that are not padding.</summary>
        public int Gaps { get; private set; }

        /// <inheritdoc/>
        public void Consume(ReadOnlySpan<byte> entry, long currentAddress, long nextAddress)
        {
            var padding = currentAddress - Expected;
            var allocated = FrameSize + ((entry.Length + 3) & ~3);
            if (padding != 0 && (padding >= allocated || currentAddress % pageSize != 0))
                Gaps++;

            // FASTER says where the record ends; at the end of a page that is the next page's start.
            Expected = nextAddress;
            visitor(currentAddress, entry);
        }
    }
}
