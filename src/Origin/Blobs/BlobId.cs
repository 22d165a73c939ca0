using EdgeCache.Shared.Primitives;

namespace EdgeCache.Origin.Blobs;

/// <summary>The identity of one immutable sequence of bytes. Every blob has exactly one owner in the catalog; it is never shared.</summary>
/// <param name="Value">Unique; made when the blob is published.</param>
internal readonly record struct BlobId(Generation Value)
{
    /// <summary>Reads the text form that files are named by.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out BlobId id)
    {
        var parsed = Generation.TryParse(text, out var value);
        id = new BlobId(value);
        return parsed;
    }

    /// <inheritdoc/>
    public override string ToString() => Value.ToString();
}

/// <summary>A stretch of an object: one whole blob.</summary>
/// <param name="Blob">Which.</param>
/// <param name="Length">The length of what is stored in bytes, positive: an empty object has no segments.</param>
/// <param name="Content">Its bytes when it is small, and lies in the catalog; null when it is a file.</param>
internal readonly record struct BlobSegment(BlobId Blob, long Length, byte[]? Content = null)
{
    /// <summary>The blob's own key, sealed; null when its bytes are the object's.</summary>
    public byte[]? Envelope { get; init; }

    /// <summary>How many bytes of the object it holds.</summary>
    public long PlainLength => Envelope is null ? Length : CipherLayout.PlainLength(Length);
}
