using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace EdgeCache.Origin.Blobs;

/// <summary>The file operations that the store is built of, each of which can fail; tests override them to make them do so.</summary>
internal partial class BlobFiles
{
    /// <summary>Below this length reserving space costs more than it helps, in bytes.</summary>
    private const long MinPreallocation = 1L << 20;

    private const int OpenReadOnly = 0;
    private const int LinuxCloseOnExec = 0x80000;
    private const uint SyncFileRangeWrite = 2;

    /// <summary>Creates a file, with space reserved for its length when that is known.</summary>
    public virtual SafeFileHandle Create(string path, long? length) =>
        File.OpenHandle(
            path, FileMode.CreateNew, FileAccess.Write, FileShare.None, FileOptions.None, length >= MinPreallocation ? length.Value : 0);

    /// <summary>Writes at an offset.</summary>
    public virtual ValueTask WriteAsync(SafeFileHandle file, ReadOnlyMemory<byte> bytes, long offset, CancellationToken cancellationToken) =>
        RandomAccess.WriteAsync(file, bytes, offset, cancellationToken);

    /// <summary>
    /// Lets the disk begin with what was written, so that the flush at the end has little left to wait for. It makes nothing durable, and
    /// that it failed is no failure: the flush tells.
    /// </summary>
    public virtual void StartWriteback(SafeFileHandle file, long offset, long length)
    {
        if (OperatingSystem.IsLinux())
        {
            _ = SyncFileRange(file, offset, length, SyncFileRangeWrite);
        }
    }

    /// <summary>Makes a file's bytes durable.</summary>
    public virtual void Flush(SafeFileHandle file) => RandomAccess.FlushToDisk(file);

    /// <summary>Renames a file. Overwriting is what makes it one rename(2) instead of a link and an unlink; names never recur.</summary>
    public virtual void Rename(string from, string to) => File.Move(from, to, overwrite: true);

    /// <summary>Makes what was created, renamed or deleted in a directory durable.</summary>
    public virtual void FlushDirectory(string path)
    {
        var descriptor = OpenFile(path, OpenReadOnly | (OperatingSystem.IsLinux() ? LinuxCloseOnExec : 0));
        if (descriptor < 0)
        {
            throw LastError($"The directory {path} can't be opened");
        }

        using var directory = new SafeFileHandle(descriptor, ownsHandle: true);
        if (FSync(directory) != 0)
        {
            throw LastError($"The directory {path} can't be synced");
        }
    }

    /// <summary>Gives a file a second name; false when the file system can't give it another one.</summary>
    public virtual bool TryLink(string existing, string path) => Link(existing, path) == 0;

    /// <summary>Copies a file and makes its bytes durable.</summary>
    public virtual void Copy(string from, string to)
    {
        File.Copy(from, to);
        using var copy = File.OpenHandle(to, FileMode.Open, FileAccess.Write);
        RandomAccess.FlushToDisk(copy);
    }

    /// <summary>Deletes a file; one that is not there is deleted.</summary>
    public virtual void Delete(string path) => File.Delete(path);

    /// <summary>The bytes that are free for this process on the file system of a directory.</summary>
    public virtual long FreeBytes(string directory) => new DriveInfo(directory).AvailableFreeSpace;

    private static IOException LastError(string what)
    {
        var error = Marshal.GetLastPInvokeError();
        return new IOException($"{what}: {new Win32Exception(error).Message}", error);
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenFile(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FSync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "sync_file_range", SetLastError = true)]
    private static partial int SyncFileRange(SafeFileHandle file, long offset, long length, uint flags);

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string existing, string path);
}
