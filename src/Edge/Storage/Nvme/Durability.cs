namespace EdgeCache.Edge.Storage.Nvme;

/// <summary>What an append waits for before its chunk is journalled. Reads verify checksums under either.</summary>
internal enum Durability
{
    /// <summary>The bytes are in the file (page cache): safe through the death of the process; after a power loss damaged chunks are dropped on read.</summary>
    Flushed,

    /// <summary>Also fdatasync, of payload and journal: what was journalled survives a power loss.</summary>
    Synced,
}
