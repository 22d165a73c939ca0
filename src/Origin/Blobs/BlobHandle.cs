using Microsoft.Win32.SafeHandles;

namespace EdgeCache.Origin.Blobs;

/// <summary>An open blob: stays readable until disposed, also when the blob is deleted meanwhile.</summary>
internal sealed class BlobHandle : IDisposable
{
    /// <summary>The file, for positional reads.</summary>
    public SafeFileHandle File => throw new NotImplementedException();

    /// <summary>Its length in bytes.</summary>
    public long Length => throw new NotImplementedException();

    /// <summary>Reads at an offset; 0 only at the end.</summary>
    public ValueTask<int> ReadAsync(Memory<byte> destination, long offset, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <inheritdoc/>
    public void Dispose() => File.Dispose();
}
