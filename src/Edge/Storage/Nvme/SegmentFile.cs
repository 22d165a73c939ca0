using Microsoft.Win32.SafeHandles;

namespace EdgeCache.Edge.Storage.Nvme;

/// <summary>
/// One file of a log, with one handle for all reads and writes. References keep the handle open: the table that lists the segment holds one,
/// each lease and each I/O under way another. Retiring unlinks the file at once and closes the handle with the last reference, so whoever
/// reads goes on reading, and the disk space returns then.
/// </summary>
internal sealed class SegmentFile(int id, string path, SafeFileHandle handle, Action<SegmentFile> closed)
{
    // Starts with the table's own reference. Zero is final.
    private int references = 1;
    private int retired;

    /// <summary>The segment's number: log address divided by segment size.</summary>
    public int Id => id;

    /// <summary>Open for reading and writing while a reference is held.</summary>
    public SafeFileHandle Handle => handle;

    /// <summary>Whether the file is unlinked and only references keep it.</summary>
    public bool IsRetired => Volatile.Read(ref retired) != 0;

    /// <summary>Adds a reference unless the last one is gone: joining is only possible from non-zero.</summary>
    public bool TryAddReference()
    {
        var seen = Volatile.Read(ref references);
        while (seen > 0)
        {
            var before = Interlocked.CompareExchange(ref references, seen + 1, seen);
            if (before == seen)
                return true;

            seen = before;
        }

        return false;
    }

    /// <summary>Gives a reference back; the last one closes the handle.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref references) == 0)
        {
            handle.Dispose();
            closed(this);
        }
    }

    /// <summary>Unlinks the file and gives up the table's reference; only the first call does anything. False when the unlink failed.</summary>
    public bool Retire()
    {
        if (Interlocked.Exchange(ref retired, 1) != 0)
            return true;

        var unlinked = true;
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            unlinked = false;
        }

        Release();
        return unlinked;
    }

    /// <summary>Gives up the table's reference and leaves the file where it is.</summary>
    public void Close()
    {
        if (Interlocked.Exchange(ref retired, 1) == 0)
            Release();
    }
}
