using System.Globalization;

namespace EdgeCache.EndToEnd.Tests.Harness;

/// <summary>Reads counters from a Prometheus endpoint.</summary>
internal static class PrometheusMetrics
{
    private static readonly HttpClient Client = new() { Timeout = TimeSpan.FromSeconds(10) };

    /// <summary>The sum of all samples of <paramref name="name"/> whose labels contain every one of <paramref name="labels"/> (<c>name="value"</c>).</summary>
    public static async Task<double> SumAsync(IEnumerable<string> endpoints, string name, CancellationToken cancellationToken, params string[] labels)
    {
        var sum = 0.0;
        foreach (var endpoint in endpoints)
        {
            var text = await Client.GetStringAsync(endpoint, cancellationToken);
            foreach (var line in text.Split('\n'))
            {
                var nameEnd = line.AsSpan().IndexOfAny('{', ' ');
                if (nameEnd == name.Length && line.StartsWith(name, StringComparison.Ordinal) && labels.All(l => line.Contains(l, StringComparison.Ordinal)))
                {
                    sum += double.Parse(line.AsSpan(line.LastIndexOf(' ') + 1), CultureInfo.InvariantCulture);
                }
            }
        }

        return sum;
    }
}
