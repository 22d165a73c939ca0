using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace EdgeCache.Testing;

/// <summary>
/// A file system (ext4) on a block device of its own, a loop device over a file, mounted for one test. What the file loses, the device answers with an
/// input/output error. Needs the rights to mount and to set up loop devices.
/// </summary>
public sealed partial class FailingDisk : IDisposable
{
    private const int ReadOnly = 0; // O_RDONLY
    private const int DontNeed = 4; // POSIX_FADV_DONTNEED

    private readonly TempDirectory _directory = new();
    private string? _device;
    private bool _isMounted;

    private FailingDisk()
    {
    }

    /// <summary>Where it is mounted.</summary>
    public string Path => _directory.Combine("mounted");

    private string Image => _directory.Combine("image");

    /// <summary>Makes and mounts one of <paramref name="size"/> bytes; null where that is not allowed.</summary>
    public static FailingDisk? TryMount(long size)
    {
        var disk = new FailingDisk();
        if (disk.Mount(size))
        {
            return disk;
        }

        disk.Dispose();
        return null;
    }

    /// <summary>Brings everything to the device, and forgets what memory holds of the files' contents: whoever reads next asks the device.</summary>
    public void Settle()
    {
        foreach (var path in Directory.EnumerateFiles(Path, "*", SearchOption.AllDirectories))
        {
            // Not by .NET's own, which respects the locks of those that use the files.
            using var file = Open(path, ReadOnly);
            if (file.IsInvalid || FSync(file) != 0 || PosixFadvise(file, 0, 0, DontNeed) != 0)
            {
                throw new IOException($"The page cache keeps {path}.");
            }
        }
    }

    /// <summary>Breaks the device behind its first bytes: reads fail there from now on, until what is written there anew.</summary>
    /// <param name="intact">How many bytes stay.</param>
    public void BreakAfter(long intact)
    {
        using var image = File.OpenHandle(Image, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        RandomAccess.SetLength(image, intact);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Lazily: what a failed test still holds open must not keep it.
        if (_isMounted)
        {
            Commands.Run("umount", "-l", Path);
        }

        if (_device is not null)
        {
            Commands.Run("losetup", "--detach", _device);
        }

        _directory.Dispose();
    }

    private bool Mount(long size)
    {
        Directory.CreateDirectory(Path);
        using (var image = File.OpenHandle(Image, FileMode.CreateNew, FileAccess.Write))
        {
            RandomAccess.SetLength(image, size);
        }

        // Without a journal nothing of the file system's own is written behind the test's back. Direct: a device that reads its file through the
        // page cache has zeros, and no errors, behind the end.
        if (!Commands.Run("mkfs.ext4", "-q", "-O", "^has_journal", "-E", "lazy_itable_init=0", Image) ||
            !Commands.Run(out var device, "losetup", "--direct-io=on", "--find", "--show", Image))
        {
            return false;
        }

        _device = device.Trim();
        _isMounted = Commands.Run("mount", _device, Path);
        return _isMounted;
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync")]
    private static partial int FSync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "posix_fadvise")]
    private static partial int PosixFadvise(SafeFileHandle file, long offset, long length, int advice);
}
