using System.Globalization;

namespace EdgeCache.Load.FarLink;

/// <summary>First bytes of a read at the origin over the way, of a miss whose key the edge has never heard of, and of one whose version it knows.</summary>
internal sealed class FirstByteSamples
{
    public List<TimeSpan> Origin { get; } = [];

    public List<TimeSpan> Unknown { get; } = [];

    public List<TimeSpan> Known { get; } = [];
}

/// <summary>What the <c>far</c> command saw.</summary>
internal sealed record FarLinkResult(IReadOnlyList<FarSample> Edge, IReadOnlyList<FarSample> Direct, FirstByteSamples FirstBytes)
{
    public string Format(FarLinkSettings settings)
    {
        var (edge, direct) = (Median(Edge.Select(static s => s.BytesPerSecond)), Median(Direct.Select(static s => s.BytesPerSecond)));
        var origin = Median(FirstBytes.Origin.Select(static t => t.TotalMilliseconds));
        var unknown = Median(FirstBytes.Unknown.Select(static t => t.TotalMilliseconds));
        var known = Median(FirstBytes.Known.Select(static t => t.TotalMilliseconds));
        return string.Create(CultureInfo.InvariantCulture,
            $"""
            round trip {settings.RoundTrip.TotalMilliseconds:F0} ms, {settings.Window >> 10} KiB on their way per connection, {settings.Size >> 20} MiB cold, medians of {Edge.Count}
            edge, one plain GET           {edge / 1e6,8:F1} MB/s
            {settings.Ways + "-way, parts of " + (settings.Part >> 20) + " MiB, direct",-28}  {direct / 1e6,8:F1} MB/s
            ratio                         {edge / direct,8:F3}
            first byte, origin direct     {origin,8:F1} ms  (medians of {FirstBytes.Origin.Count})
            first byte, miss, key known   {known,8:F1} ms  {known / origin:F2} x
            first byte, miss, key unknown {unknown,8:F1} ms  {unknown / origin:F2} x
            """);
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length == 0 ? 0 : sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }
}
