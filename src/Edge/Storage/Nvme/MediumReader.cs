using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace EdgeCache.Edge.Storage.Nvme;

/// <summary>
/// Reads what the medium holds, past the page cache (O_DIRECT), so that scrubbing neither is deceived by what is cached nor displaces it. Where the
/// file system has no such reads it reads through the cache. For one caller at a time.
/// </summary>
internal sealed partial class MediumReader : IDisposable
{
    /// <summary>The alignment of position, length and memory, in bytes.</summary>
    public const int Alignment = 4096;

    private const int SetFlags = 4; // F_SETFL

    private readonly int _size;
    private IntPtr _memory;

    /// <summary>Takes memory for reads of up to <paramref name="size"/> bytes, a multiple of <see cref="Alignment"/>.</summary>
    public unsafe MediumReader(int size) => (_size, _memory) = (size, (IntPtr)NativeMemory.AlignedAlloc((nuint)size, Alignment));

    // O_DIRECT is 0x4000 but on Arm.
    private static int DirectFlag => RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm ? 0x10000 : 0x4000;

    /// <summary>Reads from an open file; the answer is shorter only at its end, and is valid until the next read.</summary>
    /// <exception cref="IOException">The medium failed.</exception>
    public unsafe ReadOnlySpan<byte> Read(SafeFileHandle file, long position, int length)
    {
        ObjectDisposedException.ThrowIf(_memory == IntPtr.Zero, this);
        var aligned = (length + Alignment - 1) & ~(Alignment - 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(aligned, _size, nameof(length));
        var destination = new Span<byte>((void*)_memory, aligned);
        using var direct = TryOpenDirect(file);
        var done = 0;
        while (done < length)
        {
            var read = RandomAccess.Read(direct ?? file, destination[done..], position + done);
            done += read;

            // After a part that is not aligned there is only the end of the file.
            if (read == 0 || read % Alignment != 0)
                break;
        }

        return destination[..Math.Min(done, length)];
    }

    /// <summary>Gives the memory back.</summary>
    public unsafe void Dispose()
    {
        NativeMemory.AlignedFree((void*)_memory);
        _memory = IntPtr.Zero;
    }

    // The same file, even when it is unlinked, under a handle of its own: the flag must not touch others' reads.
    private static SafeFileHandle? TryOpenDirect(SafeFileHandle file)
    {
        SafeFileHandle? direct = null;
        try
        {
            direct = File.OpenHandle($"/proc/self/fd/{file.DangerousGetHandle()}", FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (FileControl(direct, SetFlags, DirectFlag) == 0)
                return direct;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // No handle to be had, or no /proc.
        }

        direct?.Dispose();
        return null;
    }

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int FileControl(SafeFileHandle file, int command, int argument);
}
