using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace EdgeCache.Shared.Audit;

/// <summary>
/// Records on their way to an audit bucket, in files of this node. A record is in its file before its request ends: it survives a killed process at
/// once, a power cut as soon as the system has written it, or at once where the spool is durable. A file is a batch: it grows at its end, is
/// sealed by size or age, delivered as a whole, and then deleted. What a process left behind is sealed when the next one opens the directory.
/// </summary>
public sealed class AuditSpool : IDisposable
{
    private const string Extension = ".spool";

    /// <summary>After a failed write the disk is left alone for this long, and records are refused.</summary>
    private static readonly TimeSpan s_failureMemory = TimeSpan.FromSeconds(1);

    /// <summary>From this size on a thread's buffer is not kept.</summary>
    private const int MaxKeptBuffer = 64 << 10;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? t_buffer;

    private readonly Lock _gate = new();
    private readonly AuditSpoolOptions _options;
    private readonly TimeProvider _time;
    private readonly SortedDictionary<string, AuditSpoolFile> _sealed = new(StringComparer.Ordinal);
    private SafeFileHandle? _file;
    private AuditBatchId? _id;
    private DateTimeOffset _lastBegun;
    private long _length;
    private long _bytes;
    private long _failedAt = long.MinValue;
    private bool _isClosed;

    private AuditSpool(AuditSpoolOptions options, TimeProvider time) => (_options, _time) = (options, time);

    /// <summary>What its records are of.</summary>
    public AuditPlane Plane => _options.Plane;

    /// <summary>The bytes that wait for delivery.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Whether it takes records: it is neither full nor has its disk failed a moment ago.</summary>
    public bool CanTake => Bytes < _options.MaxBytes && !HasFailed;

    /// <summary>When the oldest batch that is not delivered was begun; null when nothing waits.</summary>
    public DateTimeOffset? OldestAt
    {
        get
        {
            lock (_gate)
            {
                return (_sealed.Count > 0 ? _sealed.First().Value.Id : _id)?.BegunAt;
            }
        }
    }

    private bool HasFailed => Volatile.Read(ref _failedAt) is var at and not long.MinValue && _time.GetElapsedTime(at) < s_failureMemory;

    /// <summary>Opens a directory, making it if need be.</summary>
    /// <exception cref="IOException">It can't be used.</exception>
    /// <exception cref="UnauthorizedAccessException">It can't be used.</exception>
    public static AuditSpool Open(AuditSpoolOptions options, TimeProvider time)
    {
        var spool = new AuditSpool(options, time);
        Directory.CreateDirectory(options.Directory);
        foreach (var path in Directory.EnumerateFiles(options.Directory, "*" + Extension))
        {
            if (AuditBatchId.TryParse(Path.GetFileNameWithoutExtension(path), out var id))
            {
                spool.Add(new AuditSpoolFile(id, path, new FileInfo(path).Length));
            }
        }

        return spool;
    }

    /// <summary>
    /// Appends the records of a request, all in one write and one batch. False when they are not kept: the disk failed, or the spool was closed. What the
    /// caller admitted before is taken by a full spool too.
    /// </summary>
    public bool TryAppend(params ReadOnlySpan<AuditRecord> records)
    {
        var buffer = t_buffer ??= new ArrayBufferWriter<byte>(2048);
        buffer.ResetWrittenCount();
        foreach (var record in records)
        {
            AuditLine.Write(record, buffer);
        }

        var taken = TryAppend(buffer.WrittenSpan);
        if (buffer.Capacity > MaxKeptBuffer)
        {
            t_buffer = null;
        }

        return taken;
    }

    /// <summary>Seals the current batch if it is old enough.</summary>
    public void SealIfDue()
    {
        lock (_gate)
        {
            if (_id is { } id && _time.GetUtcNow() - id.BegunAt >= _options.MaxBatchAge)
            {
                Seal();
            }
        }
    }

    /// <summary>Seals the current batch.</summary>
    public void SealNow()
    {
        lock (_gate)
        {
            Seal();
        }
    }

    /// <summary>The sealed batches, oldest first.</summary>
    public IReadOnlyList<AuditSpoolFile> Sealed()
    {
        lock (_gate)
        {
            return [.. _sealed.Values];
        }
    }

    /// <summary>Deletes a batch that was delivered.</summary>
    public void Delete(AuditSpoolFile file)
    {
        try
        {
            File.Delete(file.Path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It stays to be delivered once more, which changes nothing there; and it still counts.
            return;
        }

        lock (_gate)
        {
            if (_sealed.Remove(file.Id.ToString()))
            {
                Volatile.Write(ref _bytes, _bytes - file.Length);
            }
        }
    }

    /// <summary>Seals the current batch and takes no more.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            Seal();
            _isClosed = true;
        }
    }

    private bool TryAppend(ReadOnlySpan<byte> lines)
    {
        lock (_gate)
        {
            if (_isClosed || HasFailed)
            {
                return false;
            }

            try
            {
                var file = _file ?? Begin();
                RandomAccess.Write(file, lines, _length);
                if (_options.IsDurable)
                {
                    RandomAccess.FlushToDisk(file);
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // The file may end in a piece of this line, which its checksum tells; nothing may follow it.
                Seal();
                Volatile.Write(ref _failedAt, _time.GetTimestamp());
                return false;
            }

            _length += lines.Length;
            Volatile.Write(ref _bytes, _bytes + lines.Length);
            if (_length >= _options.MaxBatchBytes)
            {
                Seal();
            }

            return true;
        }
    }

    private SafeFileHandle Begin()
    {
        // Batches of one millisecond would sort by chance.
        var now = _time.GetUtcNow();
        var earliest = _lastBegun + TimeSpan.FromMilliseconds(1);
        var id = AuditBatchId.New(now > earliest ? now : earliest, _options.Node);
        _lastBegun = id.BegunAt;
        var path = PathOf(id);
        _file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read);
        (_id, _length) = (id, 0);
        if (_options.IsDurable)
        {
            DirectorySync.Flush(_options.Directory);
        }

        return _file;
    }

    private void Seal()
    {
        if (_id is not { } id)
        {
            return;
        }

        _file?.Dispose();
        (_file, _id) = (null, null);
        Volatile.Write(ref _bytes, _bytes - _length);
        Add(new AuditSpoolFile(id, PathOf(id), _length));
    }

    private void Add(AuditSpoolFile file)
    {
        _sealed[file.Id.ToString()] = file;
        Volatile.Write(ref _bytes, _bytes + file.Length);
    }

    private string PathOf(AuditBatchId id) => Path.Combine(_options.Directory, id + Extension);
}

/// <summary>A sealed file of a spool.</summary>
/// <param name="Id">The batch's id.</param>
/// <param name="Path">Where it is.</param>
/// <param name="Length">In bytes.</param>
public sealed record AuditSpoolFile(AuditBatchId Id, string Path, long Length);
