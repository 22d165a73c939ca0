using Microsoft.Win32.SafeHandles;

namespace EdgeCache.Edge.Storage;

/// <summary>A claim on bytes as they lie in a file: a chunk's, or those of a block that is stored by itself. The file stays open until it is disposed.</summary>
internal interface IStoredBytes : IDisposable
{
    /// <summary>The file, for reading.</summary>
    SafeFileHandle Handle { get; }

    /// <summary>The position of the first byte in the file.</summary>
    long FileOffset { get; }

    /// <summary>How many there are.</summary>
    int Length { get; }

    /// <summary>
    /// Whether the bytes of a range may be sent as they lie in the file: verifies the blocks around it as far as the store's <see cref="Nvme.ChecksumPolicy"/>
    /// asks for it, and reads what is not in memory. False when they are damaged or can't be read (they are then dropped from the store).
    /// </summary>
    /// <param name="offset">Where in them to begin.</param>
    /// <param name="length">At least one byte.</param>
    /// <param name="cancellationToken">Stops the wait for the disk.</param>
    ValueTask<bool> VerifyAsync(int offset, int length, CancellationToken cancellationToken);

    /// <summary>They turned out not to be all in the file, or not to be readable, after they were found good: they are dropped from the store.</summary>
    void Renounce(bool isUnreadable);
}
