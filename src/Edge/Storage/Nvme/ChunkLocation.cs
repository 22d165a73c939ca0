namespace EdgeCache.Edge.Storage.Nvme;

/// <summary>Where a chunk's record lies in the payload log. An address is never used twice while the index may name it.</summary>
/// <param name="Address">The record's log address, a multiple of 4 KiB.</param>
/// <param name="Length">The payload's length in bytes.</param>
internal readonly record struct ChunkLocation(long Address, int Length)
{
    /// <summary>The log address after the record.</summary>
    public long End => Address + ChunkGeometry.RecordSizeOf(Length);
}
