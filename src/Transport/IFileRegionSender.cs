using Microsoft.Win32.SafeHandles;

namespace EdgeCache.Transport;

/// <summary>
/// A feature of a connection whose output can be a stretch of a file, which the kernel sends without a copy in user space. To be had through
/// <see cref="FileRegions"/>, which knows when what is written does not go out as it is.
/// </summary>
public interface IFileRegionSender
{
    /// <summary>Whether nothing more will reach the client. The server does not always say so of a flush that did not have to wait.</summary>
    bool IsBrokenOff { get; }

    /// <summary>Why the last region was not sent to its end, as far as its file is to blame.</summary>
    FileRegionFault Fault { get; }

    /// <summary>
    /// Says that the bytes of the next <c>Advance</c> are those of a file. The response must have been started and its writer asked for memory; the
    /// next call must be <c>Advance</c> with exactly <paramref name="length"/>, and the one after it <c>FlushAsync</c>. The file must stay open and
    /// unchanged until that completes.
    /// </summary>
    /// <param name="file">Open for reading.</param>
    /// <param name="offset">Where the region begins, in bytes.</param>
    /// <param name="length">Its length, at least 1.</param>
    /// <param name="broken">Told of a fault of the file before the client can notice, so that its next request does not meet the same file.</param>
    /// <exception cref="InvalidOperationException">A region waits to be flushed already.</exception>
    void Announce(SafeFileHandle file, long offset, int length, Action<FileRegionFault>? broken = null);
}
