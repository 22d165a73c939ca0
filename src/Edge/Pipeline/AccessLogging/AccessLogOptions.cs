using EdgeCache.Shared.Primitives;

namespace EdgeCache.Edge.Pipeline.AccessLogging;

/// <summary>The log of requests: section <c>AccessLog</c> of an edge's settings.</summary>
public sealed class AccessLogOptions
{
    private const long MinFileSize = 64 << 10;
    private const long MinPending = 64 << 10;
    private const long MaxMaxPending = 1 << 30;

    /// <summary>The file, which is appended to, one JSON object per line for each S3 request; no log when empty. Its directory must exist.</summary>
    public string Path { get; set; } = string.Empty;

    /// <summary>At which size the file becomes <c>&lt;Path&gt;.1</c> and another is begun; 64KiB or more, 0 to leave that to others (see SIGHUP in docs/operations.md).</summary>
    public string MaxFileSize { get; set; } = "64MiB";

    /// <summary>How many files there are at most with those that were full, 1 to 1000. The oldest goes first.</summary>
    public int MaxFiles { get; set; } = 8;

    /// <summary>How many bytes of lines may wait to be written, 64KiB to 1GiB: beyond that, lines are left out and counted, and no request waits.</summary>
    public string MaxPending { get; set; } = "4MiB";

    /// <summary>What is wrong with the settings.</summary>
    internal IEnumerable<string> Problems()
    {
        if (!ByteSize.TryParse(MaxFileSize, out var size) || size is not 0 and < MinFileSize)
        {
            yield return $"AccessLog:MaxFileSize '{MaxFileSize}' must be 0, or {ByteSize.Format(MinFileSize)} or more";
        }

        if (MaxFiles is < 1 or > 1000)
        {
            yield return "AccessLog:MaxFiles must lie between 1 and 1000";
        }

        if (!ByteSize.TryParse(MaxPending, out var pending) || pending is < MinPending or > MaxMaxPending)
        {
            yield return $"AccessLog:MaxPending '{MaxPending}' must lie between {ByteSize.Format(MinPending)} and {ByteSize.Format(MaxMaxPending)}";
        }
    }
}
