using Microsoft.Win32.SafeHandles;

namespace EdgeCache.Origin.Blobs;

/// <summary>An open blob: stays readable until disposed, also when the blob is deleted meanwhile.</summary>
internal sealed class BlobHandle : IDisposable
{
    public BlobHandle(SafeFileHandle file, long length) => (File, Length) = (file, length);

    public BlobHandle(byte[] content) => (Content, Length) = (content, content.Length);

    /// <summary>The file, for positional reads; null for a small blob.</summary>
    public SafeFileHandle? File { get; }

    /// <summary>The bytes of a small blob; empty when it is a file.</summary>
    public ReadOnlyMemory<byte> Content { get; }

    /// <summary>Its length in bytes.</summary>
    public long Length { get; }

    /// <summary>Reads at an offset; 0 only at the end.</summary>
    /// <exception cref="IOException">The disk fails.</exception>
    public ValueTask<int> ReadAsync(Memory<byte> destination, long offset, CancellationToken cancellationToken)
    {
        if (File is not null)
        {
            return RandomAccess.ReadAsync(File, destination, offset, cancellationToken);
        }

        var rest = Content[(int)Math.Min(offset, Length)..];
        rest = rest[..Math.Min(rest.Length, destination.Length)];
        rest.CopyTo(destination);
        return ValueTask.FromResult(rest.Length);
    }

    /// <inheritdoc/>
    public void Dispose() => File?.Dispose();
}
