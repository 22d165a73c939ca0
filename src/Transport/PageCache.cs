using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace EdgeCache.Transport;

/// <summary>What the kernel keeps of files in memory. All it says may be different the moment after.</summary>
public static class PageCache
{
    /// <summary>Kernels that only answer for single pages are asked for one in each of these stretches, in bytes.</summary>
    private const int Stride = 128 << 10;

    /// <summary>Whether a stretch of a file is in memory, or can't be told not to be; never waits for the disk.</summary>
    /// <param name="file">The file, open for reading.</param>
    /// <param name="offset">Where the stretch begins.</param>
    /// <param name="length">Its length in bytes, at least 1.</param>
    public static bool Has(SafeFileHandle file, long offset, int length)
    {
        var page = Environment.SystemPageSize;
        var first = offset & -page;
        if (Kernel.CachedBytes(file, first, offset + length - first) is { } cached)
        {
            return cached >= offset + length - first;
        }

        Span<byte> probe = stackalloc byte[1];
        for (var at = offset; at < offset + length; at += Stride)
        {
            if (IsMissing(file, probe, at))
            {
                return false;
            }
        }

        return !IsMissing(file, probe, offset + length - 1);
    }

    private static bool IsMissing(SafeFileHandle file, Span<byte> probe, long at) =>
        Kernel.ReadCached(file, probe, at) < 0 && Marshal.GetLastPInvokeError() == Kernel.WouldBlock;
}
