namespace EdgeCache.Edge.Storage.Blocks;

/// <summary>The block store's log messages, events 3760 to 3769.</summary>
internal static partial class BlockMessages
{
    [LoggerMessage(3760, LogLevel.Information, "Block store opened: {Blocks} blocks in {Segments} segments of {SegmentSize} bytes, at most {MaxSegments}")]
    public static partial void BlocksOpened(this ILogger logger, long blocks, int segments, long segmentSize, int maxSegments);

    [LoggerMessage(3761, LogLevel.Warning, "Block {Block} of chunk {Id} is {Fault} and was dropped")]
    public static partial void BlockLost(this ILogger logger, int block, Nvme.ChunkId id, string fault);

    [LoggerMessage(3762, LogLevel.Warning, "Block store cannot write and stores nothing for a while: {Reason}")]
    public static partial void BlocksRefused(this ILogger logger, string reason);

    [LoggerMessage(3763, LogLevel.Debug, "Block segment {Segment} evicted with {Blocks} blocks, {Survivors} written again")]
    public static partial void BlocksEvicted(this ILogger logger, int segment, int blocks, int survivors);

    [LoggerMessage(3764, LogLevel.Error, "Block store stopped writing until the edge is started again")]
    public static partial void BlocksStopped(this ILogger logger, Exception exception);
}
