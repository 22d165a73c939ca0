namespace EdgeCache.Edge.Pipeline;

/// <summary>Statuses as values of metrics' tags, which are objects: made once instead of for each request.</summary>
internal static class StatusTags
{
    private const int Lowest = 100;
    private const int Highest = 599;

    private static readonly object[] s_boxed = [.. Enumerable.Range(Lowest, Highest - Lowest + 1).Select(static status => (object)status)];

    /// <summary>A status as an object.</summary>
    public static object Of(int status) => status is >= Lowest and <= Highest ? s_boxed[status - Lowest] : status;
}
