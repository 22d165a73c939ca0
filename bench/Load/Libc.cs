using System.Runtime.InteropServices;

namespace EdgeCache.Load;

/// <summary>
/// The few calls of the C library for which .NET has none: epoll; recv with MSG_TRUNC, which lets the kernel drop received bytes without
/// copying them (tcp(7)); signals; hard links; posix_fadvise. Linux only.
/// </summary>
internal static unsafe partial class Libc
{
    public const int EpollControlAdd = 1;
    public const int EpollControlDelete = 2;
    public const uint EpollIn = 1;
    public const int MessageDontWait = 0x40;
    public const int MessageNoSignal = 0x4000;
    public const int MessageTruncate = 0x20;
    public const int TryAgain = 11;
    public const int Interrupted = 4;
    public const int SignalTerminate = 15;
    public const int AdviceDontNeed = 4;

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    public static partial int EpollCreate(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    public static partial int EpollControl(int epoll, int operation, int descriptor, byte* epollEvent);

    [LibraryImport("libc", EntryPoint = "epoll_pwait2", SetLastError = true)]
    public static partial int EpollWait(int epoll, byte* events, int maxEvents, long* timeout, nint signalMask);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    public static partial nint Receive(int socket, byte* buffer, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    public static partial nint Send(int socket, byte* buffer, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    public static partial int Kill(int process, int signal);

    [LibraryImport("libc", EntryPoint = "posix_fadvise")]
    public static partial int AdviseFile(int descriptor, long offset, long length, int advice);

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Link(string existing, string created);
}
