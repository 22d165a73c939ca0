namespace EdgeCache.Edge.Storage.Pins;

/// <summary>How much may be pinned, in bytes of disk.</summary>
/// <param name="ChunkBytes">Of objects over 64 KiB.</param>
/// <param name="BlockBytes">Of smaller ones, which have a share of the cache of their own.</param>
internal sealed record PinLimits(long ChunkBytes, long BlockBytes);
