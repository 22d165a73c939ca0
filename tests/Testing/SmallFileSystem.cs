using System.Globalization;

namespace EdgeCache.Testing;

/// <summary>A memory file system (tmpfs) of a fixed size, mounted for one test: it is full when it is full. Needs the right to mount.</summary>
public sealed class SmallFileSystem : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly DriveInfo _drive;

    private SmallFileSystem() => _drive = new DriveInfo(_directory.Path);

    /// <summary>Where it is mounted.</summary>
    public string Path => _directory.Path;

    /// <summary>What is taken, in bytes; unlinked files that are still open count.</summary>
    public long UsedBytes => _drive.TotalSize - _drive.TotalFreeSpace;

    /// <summary>What is left, in bytes.</summary>
    public long FreeBytes => _drive.TotalFreeSpace;

    /// <summary>Mounts one of <paramref name="size"/> bytes; null where that is not allowed.</summary>
    public static SmallFileSystem? TryMount(long size)
    {
        var mounted = new SmallFileSystem();
        if (Commands.Run("mount", "-t", "tmpfs", "-o", string.Create(CultureInfo.InvariantCulture, $"size={size}"), "edgecache-test", mounted.Path))
        {
            return mounted;
        }

        mounted._directory.Dispose();
        return null;
    }

    /// <summary>Takes space until only <paramref name="free"/> bytes are left, by a file that the caller deletes.</summary>
    /// <returns>The file's path.</returns>
    public string Fill(long free)
    {
        var ballast = System.IO.Path.Combine(Path, "ballast");
        using var file = File.Create(ballast);
        var zeros = new byte[1 << 20];
        for (var rest = FreeBytes - free; rest > 0; rest -= zeros.Length)
        {
            file.Write(zeros, 0, (int)Math.Min(rest, zeros.Length));
        }

        return ballast;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Lazily: what a failed test still holds open must not keep it.
        Commands.Run("umount", "-l", Path);
        _directory.Dispose();
    }
}
