using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace EdgeCache.Edge.Storage.Nvme;

/// <summary>
/// The segment files of one log: which exist, and how many are unlinked but still held. A file that is not listed does not exist for the
/// log: nothing ever creates one by reading it.
/// </summary>
internal sealed class SegmentTable(string directory, string name, long segmentSize) : IDisposable
{
    private const int NoSpace = 28; // ENOSPC
    private const int NoQuota = 122; // EDQUOT
    private const int Unspecified = unchecked((int)0x80131620); // COR_E_IO: what .NET gives a failed allocation of disk space

    private readonly ConcurrentDictionary<int, SegmentFile> segments = new();
    private readonly Lock gate = new();
    private int dying;

    /// <summary>The size of every segment in bytes; a power of two.</summary>
    public long SegmentSize => segmentSize;

    /// <summary>Segments that are listed.</summary>
    public int Live => segments.Count;

    /// <summary>Segments that are unlinked and still held open.</summary>
    public int Dying => Volatile.Read(ref dying);

    /// <summary>The lowest listed segment, or null.</summary>
    public int? First => FirstFrom(0);

    /// <summary>The lowest listed segment that is not below <paramref name="id"/>, or null.</summary>
    public int? FirstFrom(int id)
    {
        int? first = null;
        foreach (var (listed, _) in segments)
        {
            if (listed >= id && !(listed >= first))
                first = listed;
        }

        return first;
    }

    /// <summary>Opens the files numbered from <paramref name="first"/> to <paramref name="last"/> and deletes every other of this log.</summary>
    public void OpenExisting(int first, int last)
    {
        foreach (var path in Directory.EnumerateFiles(directory, name + ".*"))
        {
            var suffix = Path.GetFileName(path.AsSpan())[(name.Length + 1)..];
            if (int.TryParse(suffix, NumberStyles.None, CultureInfo.InvariantCulture, out var id) && id >= first && id <= last)
                List(id, FileMode.Open, preallocate: false);
            else
                File.Delete(path);
        }
    }

    /// <summary>Takes a reference on a listed segment; the caller releases it.</summary>
    public bool TryAcquire(int id, [NotNullWhen(true)] out SegmentFile? segment) =>
        segments.TryGetValue(id, out segment) && segment.TryAddReference();

    /// <summary>Whether the segment is listed.</summary>
    public bool Contains(int id) => segments.ContainsKey(id);

    /// <summary>Creates a segment with its disk space allocated, so that writing to it can hardly run out of space.</summary>
    /// <exception cref="IOException">No space, or another fault; nothing is left behind.</exception>
    public void Create(int id)
    {
        lock (gate)
        {
            if (!segments.ContainsKey(id))
                List(id, FileMode.Create, preallocate: true);
        }
    }

    /// <summary>Whether a segment could not be created because the file system is full.</summary>
    public static bool MeansNoSpace(Exception fault) => fault is IOException { HResult: NoSpace or NoQuota or Unspecified };

    /// <summary>Unlists and unlinks a segment; a second call does nothing.</summary>
    /// <returns>False when the file could not be unlinked: it is deleted as an orphan at the next open.</returns>
    public bool Retire(int id)
    {
        if (!segments.TryRemove(id, out var segment))
            return true;

        Interlocked.Increment(ref dying);
        return segment.Retire();
    }

    /// <summary>The number of bytes written to a listed segment, or 0.</summary>
    public long LengthOf(int id)
    {
        if (!TryAcquire(id, out var segment))
            return 0;

        try
        {
            return RandomAccess.GetLength(segment.Handle);
        }
        finally
        {
            segment.Release();
        }
    }

    /// <summary>Makes what was written to a segment durable.</summary>
    /// <exception cref="IOException">The device failed.</exception>
    public void Sync(int id)
    {
        if (!TryAcquire(id, out var segment))
            return;

        try
        {
            RandomAccess.FlushToDisk(segment.Handle);
        }
        finally
        {
            segment.Release();
        }
    }

    /// <summary>Closes what is not held and keeps all files.</summary>
    public void Dispose()
    {
        foreach (var id in segments.Keys)
        {
            if (segments.TryRemove(id, out var segment))
            {
                Interlocked.Increment(ref dying);
                segment.Close();
            }
        }
    }

    private void List(int id, FileMode mode, bool preallocate)
    {
        var path = Path.Combine(directory, string.Create(CultureInfo.InvariantCulture, $"{name}.{id}"));
        // The sharing mode keeps .NET from taking an advisory lock per file: the directory's lock file is the one lock.
        var handle = File.OpenHandle(
            path, mode, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, FileOptions.RandomAccess, preallocate ? segmentSize : 0);
        segments[id] = new SegmentFile(id, path, handle, _ => Interlocked.Decrement(ref dying));
    }
}
