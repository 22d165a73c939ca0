using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace EdgeCache.Transport;

/// <summary>
/// The system calls of Linux that the framework has no methods for. Each takes safe handles, which hold a reference for the time of the call: a
/// descriptor that is closed meanwhile can't be another file's yet.
/// </summary>
internal static unsafe partial class Kernel
{
    /// <summary>EINTR: a signal came; try again.</summary>
    public const int Interrupted = 4;

    /// <summary>EIO: the device failed.</summary>
    public const int DeviceError = 5;

    /// <summary>EAGAIN: it would have to wait.</summary>
    public const int WouldBlock = 11;

    /// <summary>EINVAL: of sendfile, that the file can't be sent so.</summary>
    public const int Invalid = 22;

    /// <summary>ENOSYS: an older kernel.</summary>
    public const int NoSuchCall = 38;

    private const int MoreFollows = 0x8000;
    private const int NoSignal = 0x4000;
    private const int DoNotWait = 0x8; // RWF_NOWAIT
    private const int WillNeed = 3; // POSIX_FADV_WILLNEED
    private const int SysCachestat = 451; // the same number on all architectures
    private const nuint OutQueue = 0x5411; // SIOCOUTQ
    private static readonly int PageSize = Environment.SystemPageSize;
    private static volatile bool _hasCachestat = true;

    /// <summary>Sends what fits into the socket's buffer; -1 on an error, which is then <see cref="Marshal.GetLastPInvokeError"/>.</summary>
    public static int Send(SafeSocketHandle socket, ReadOnlySpan<byte> bytes, bool more)
    {
        fixed (byte* start = bytes)
        {
            return (int)SendCall(socket, start, (nuint)bytes.Length, NoSignal | (more ? MoreFollows : 0));
        }
    }

    /// <summary>Sends from a file what fits; 0 at the end of the file, -1 on an error.</summary>
    public static int SendFile(SafeSocketHandle socket, SafeFileHandle file, long offset, int count) =>
        (int)SendFileCall(socket, file, ref offset, (nuint)count);

    /// <summary>How many bytes of a file are in the page cache; null when the kernel does not tell (before 6.5).</summary>
    public static long? CachedBytes(SafeFileHandle file, long offset, long length)
    {
        if (!_hasCachestat)
        {
            return null;
        }

        CacheRange range = new(offset, length);
        CacheState state = default;
        if (CachestatCall(SysCachestat, file, ref range, ref state, 0) == 0)
        {
            return (long)state.Cached * PageSize;
        }

        if (Marshal.GetLastPInvokeError() == NoSuchCall)
        {
            _hasCachestat = false;
        }

        return null;
    }

    /// <summary>Reads what is in the page cache, without waiting for the disk; -1 on an error: <see cref="WouldBlock"/> when nothing is.</summary>
    public static int ReadCached(SafeFileHandle file, Span<byte> destination, long offset)
    {
        fixed (byte* start = destination)
        {
            IoVector vector = new() { Start = start, Length = (nuint)destination.Length };
            return (int)ReadCall(file, ref vector, 1, offset, DoNotWait);
        }
    }

    /// <summary>Has the kernel begin to read a stretch of a file ahead; a hint, without an answer.</summary>
    public static void ReadAhead(SafeFileHandle file, long offset, long length) => _ = AdviseCall(file, offset, length, WillNeed);

    /// <summary>How many sent bytes the peer has not acknowledged; 0 when it can't be told.</summary>
    public static int Unacknowledged(SafeSocketHandle socket)
    {
        var bytes = 0;
        return ControlCall(socket, OutQueue, ref bytes) == 0 ? bytes : 0;
    }

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    private static partial nint SendCall(SafeSocketHandle socket, byte* bytes, nuint count, int flags);

    [LibraryImport("libc", EntryPoint = "sendfile", SetLastError = true)]
    private static partial nint SendFileCall(SafeSocketHandle socket, SafeFileHandle file, ref long offset, nuint count);

    [LibraryImport("libc", EntryPoint = "preadv2", SetLastError = true)]
    private static partial nint ReadCall(SafeFileHandle file, ref IoVector vectors, int count, long offset, int flags);

    [LibraryImport("libc", EntryPoint = "posix_fadvise")]
    private static partial int AdviseCall(SafeFileHandle file, long offset, long length, int advice);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int ControlCall(SafeSocketHandle socket, nuint request, ref int value);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint CachestatCall(nint number, SafeFileHandle file, ref CacheRange range, ref CacheState state, nint flags);

    private struct IoVector
    {
        public byte* Start;
        public nuint Length;
    }

    private readonly record struct CacheRange(long Offset, long Length);

    private readonly record struct CacheState(ulong Cached, ulong Dirty, ulong Writeback, ulong Evicted, ulong RecentlyEvicted);
}
