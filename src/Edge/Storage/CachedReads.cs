using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace EdgeCache.Edge.Storage;

/// <summary>
/// Reads what the page cache has, on the caller's own thread and without waiting for a disk (<c>preadv2</c> with <c>RWF_NOWAIT</c>). For a small read of cached
/// bytes the two hops through the thread pool that an asynchronous file read takes cost more than all the rest of it.
/// </summary>
internal static partial class CachedReads
{
    private const int NoWait = 8; // RWF_NOWAIT

    private static readonly bool s_isAvailable = OperatingSystem.IsLinux();

    /// <summary>Fills two destinations, one behind the other in the file, if all of their bytes can be had at once.</summary>
    /// <param name="file">Open for reading, and kept open by the caller meanwhile.</param>
    /// <param name="first">Takes the first bytes; not empty.</param>
    /// <param name="second">Takes the next.</param>
    /// <param name="position">Where in the file to begin.</param>
    /// <returns>False when some have to be waited for, when the file ends before, and where the file system has no such reads; the destinations are then undefined.</returns>
    public static unsafe bool TryRead(SafeFileHandle file, Span<byte> first, Span<byte> second, long position)
    {
        if (!s_isAvailable)
            return false;

        fixed (byte* one = first, two = second)
        {
            var vectors = stackalloc Vector[2];
            vectors[0] = new Vector(one, first.Length);
            vectors[1] = new Vector(two, second.Length);
            return ReadAt((int)file.DangerousGetHandle(), vectors, 2, position, NoWait) == first.Length + second.Length;
        }
    }

    [LibraryImport("libc", EntryPoint = "preadv2")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static unsafe partial nint ReadAt(int file, Vector* vectors, int count, long position, int flags);

    private readonly unsafe struct Vector(byte* start, nint length)
    {
        public readonly byte* Start = start;
        public readonly nint Length = length;
    }
}
