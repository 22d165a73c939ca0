using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace EdgeCache.Shared.Audit;

/// <summary>Makes the names in a directory durable, for which the framework has no call.</summary>
internal static partial class DirectorySync
{
    private const int OpenReadOnly = 0;
    private const int LinuxCloseOnExec = 0x80000;

    /// <exception cref="IOException">The directory can't be opened or synced.</exception>
    public static void Flush(string path)
    {
        var descriptor = OpenFile(path, OpenReadOnly | (OperatingSystem.IsLinux() ? LinuxCloseOnExec : 0));
        if (descriptor < 0)
        {
            throw new IOException($"The directory {path} can't be opened: error {Marshal.GetLastPInvokeError()}.");
        }

        using var directory = new SafeFileHandle(descriptor, ownsHandle: true);
        if (FSync(directory) != 0)
        {
            throw new IOException($"The directory {path} can't be synced: error {Marshal.GetLastPInvokeError()}.");
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenFile(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FSync(SafeFileHandle file);
}
