namespace EdgeCache.Shared.Diagnostics;

/// <summary>The metric types of Prometheus that instruments map to.</summary>
internal enum MetricKind
{
    /// <summary>Only grows.</summary>
    Counter,

    /// <summary>Goes up and down.</summary>
    Gauge,

    /// <summary>Counts of observations by upper bound, with their sum.</summary>
    Histogram,
}
