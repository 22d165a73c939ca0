namespace EdgeCache.Origin.Blobs;

/// <summary>
/// How the bytes of an encrypted blob lie: chunks of <see cref="ChunkSize"/> bytes of plain text, the last one as long as it is, each followed by its tag
/// of <see cref="TagSize"/> bytes. Any range is read by decrypting the chunks that it touches.
/// </summary>
internal static class CipherLayout
{
    /// <summary>The plain bytes of a chunk.</summary>
    public const int ChunkSize = 64 << 10;

    /// <summary>The bytes of a chunk's tag.</summary>
    public const int TagSize = 16;

    /// <summary>The stored bytes of a full chunk.</summary>
    public const int StoredChunkSize = ChunkSize + TagSize;

    /// <summary>How many bytes so many plain ones take.</summary>
    public static long StoredLength(long plain) => plain + (TagSize * Chunks(plain));

    /// <summary>How many plain bytes so many stored ones are.</summary>
    public static long PlainLength(long stored) => stored - (TagSize * ((stored + StoredChunkSize - 1) / StoredChunkSize));

    /// <summary>The number of chunks.</summary>
    public static long Chunks(long plain) => (plain + ChunkSize - 1) / ChunkSize;
}
