using System.Globalization;
using System.Numerics;
using EdgeCache.Edge.Storage.Nvme;

namespace EdgeCache.Edge.Storage.Memory;

/// <summary>Where a record lies in the metadata log.</summary>
/// <param name="Address">Its log address.</param>
/// <param name="Length">Its length in bytes.</param>
internal readonly record struct MetadataPlace(long Address, int Length);

/// <summary>
/// The files of the metadata log: sizes, replacement after a failure, and the bound on the disk. Appending belongs to one caller at a time. A
/// disk keeps its own time, also when a test moves the clock of expiry.
/// </summary>
internal sealed class MetadataLogFile : IAsyncDisposable
{
    private const string NamePrefix = "metadata-";

    // A page must hold the largest record, and segments hold whole pages.
    private const int PageSize = 1 << 20;

    // The segments that are full when the oldest must go; the others take the next batch and what is kept of the oldest.
    private const int SegmentsInUse = 6;
    private const int Segments = 8;

    private readonly string directory;
    private readonly RecordLogOptions options;
    private RecordLog? log;

    public MetadataLogFile(FasterHybridCacheOptions cache)
    {
        directory = cache.Directory!;
        var segmentSize = Math.Max(PageSize, 1L << BitOperations.Log2((ulong)(cache.DiskCapacity / Segments)));
        options = new RecordLogOptions
        {
            Directory = directory,
            // Under another capacity segments have another size and addresses another meaning: that is another log.
            Name = string.Create(CultureInfo.InvariantCulture, $"{NamePrefix}{segmentSize >> 20}m"),
            PageSize = PageSize,
            SegmentSize = segmentSize,
            Sync = cache.Durability == Durability.Synced,
            CommitTimeout = cache.CommitTimeout,
            WrapDevice = cache.WrapDevice,
        };
    }

    /// <summary>Whether no file is left that a restart could read.</summary>
    public bool IsDeleted { get; private set; }

    /// <summary>Disk space accounted to the log, in bytes.</summary>
    public long DiskBytes => Volatile.Read(ref log)?.DiskBytes ?? 0;

    /// <summary>Whether the oldest segment must go before more is appended.</summary>
    public bool IsFull => DiskBytes > SegmentsInUse * options.SegmentSize;

    /// <summary>Whether there is a segment besides the one that is appended to.</summary>
    public bool CanDrop => log is { } open && EndOfOldest + options.SegmentSize <= open.TailAddress;

    /// <summary>The address after the oldest segment.</summary>
    public long EndOfOldest => ((log!.BeginAddress / options.SegmentSize) + 1) * options.SegmentSize;

    /// <summary>Opens the log and visits what is in it; false when it is damaged.</summary>
    /// <exception cref="IOException">The directory cannot be used.</exception>
    public bool Open(RecordVisitor visitor)
    {
        Directory.CreateDirectory(directory);
        try
        {
            foreach (var path in Directory.EnumerateFiles(directory, NamePrefix + "*"))
            {
                var file = Path.GetFileName(path);
                if (!file.StartsWith(options.Name + ".", StringComparison.Ordinal) && !file.StartsWith(options.Name + "-", StringComparison.Ordinal))
                    File.Delete(path);
            }

            log = RecordLog.Open(options, TimeProvider.System);
            return log.Replay(visitor) == 0;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Deletes the log and makes an empty one.</summary>
    /// <exception cref="IOException">That failed; <see cref="IsDeleted"/> tells how far it came.</exception>
    public async Task StartAnewAsync()
    {
        IsDeleted = false;
        if (log is { } failed)
        {
            Volatile.Write(ref log, null);
            await failed.DisposeAsync();
        }

        try
        {
            Directory.CreateDirectory(directory);
            RecordLog.Delete(directory, options.Name);
            IsDeleted = true;
            Volatile.Write(ref log, RecordLog.Open(options, TimeProvider.System));
            IsDeleted = false;
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    /// <summary>Appends a record.</summary>
    /// <exception cref="IOException">The log has failed.</exception>
    public async ValueTask<MetadataPlace> AppendAsync(byte[] record) =>
        new(await Current().AppendAsync(record, CancellationToken.None), record.Length);

    /// <summary>Brings all appended records to the file.</summary>
    /// <exception cref="IOException">The log has failed.</exception>
    public ValueTask CommitAsync() => Current().CommitAsync(CancellationToken.None);

    /// <summary>Gives up everything before a segment's start.</summary>
    /// <exception cref="IOException">The log has failed.</exception>
    public async ValueTask TruncateAsync(long address)
    {
        // What was kept is committed before what held it goes.
        await CommitAsync();
        Current().TruncateUntil(address);
        await CommitAsync();
    }

    /// <summary>Reads a committed record; null when that fails.</summary>
    public async ValueTask<byte[]?> ReadAsync(MetadataPlace place, CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref log) is not { } open)
            return null;

        var bytes = new byte[place.Length];
        return await open.ReadAsync(place.Address, bytes, cancellationToken) ? bytes : null;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (log is { } open)
            await open.DisposeAsync();
    }

    private RecordLog Current() => log ?? throw new IOException("The metadata log is closed.");
}
