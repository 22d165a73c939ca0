using Microsoft.Win32.SafeHandles;

namespace EdgeCache.Origin.Blobs;

/// <summary>An open blob: stays readable until disposed, also when the blob is deleted meanwhile.</summary>
internal sealed class BlobHandle(SafeFileHandle file, long length) : IDisposable
{
    /// <summary>The file, for positional reads.</summary>
    public SafeFileHandle File => file;

    /// <summary>Its length in bytes.</summary>
    public long Length => length;

    /// <summary>Reads at an offset; 0 only at the end.</summary>
    /// <exception cref="IOException">The disk fails.</exception>
    public ValueTask<int> ReadAsync(Memory<byte> destination, long offset, CancellationToken cancellationToken) =>
        RandomAccess.ReadAsync(file, destination, offset, cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();
}
