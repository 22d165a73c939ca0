namespace EdgeCache.Edge.Filling;

/// <summary>Log messages of fills: event ids 3200 to 3299.</summary>
internal static partial class FillLog
{
    [LoggerMessage(3200, LogLevel.Warning, "Fill of chunk {Chunk} of an object in {Bucket} from {Region} failed: {Failure}")]
    public static partial void Failed(ILogger logger, string bucket, int chunk, string region, FillFailure failure);

    [LoggerMessage(3201, LogLevel.Warning, "Fill of chunk {Chunk} of an object in {Bucket} from {Region} stalled at byte {Offset} in attempt {Attempt}")]
    public static partial void Stalled(ILogger logger, string bucket, int chunk, string region, int offset, int attempt);

    [LoggerMessage(3202, LogLevel.Warning, "Fill of chunk {Chunk} of an object in {Bucket} from {Region} broke off at byte {Offset}: {Reason}")]
    public static partial void BrokenOff(ILogger logger, string bucket, int chunk, string region, int offset, string reason);
}
