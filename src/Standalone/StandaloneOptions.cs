namespace EdgeCache.Standalone;

/// <summary>What the command line asks for.</summary>
/// <param name="DataDirectory">Where everything is kept.</param>
/// <param name="PortBase">The first port: edge N, ORD1 N+1, LAS1 N+2, control plane N+3; 0 lets the kernel choose every port.</param>
/// <param name="CacheSize">The disk budget of each edge's cache, as text that the edge's configuration understands.</param>
/// <param name="Edges">How many edges to start.</param>
internal sealed record StandaloneOptions(string DataDirectory, int PortBase, string CacheSize, int Edges)
{
    public const int DefaultPortBase = 9000;

    public const string DefaultCacheSize = "20GiB";

    public const int MinPortBase = 0;

    public const int MinEdges = 1;

    /// <summary>More than this on one machine shows nothing that fewer would not.</summary>
    public const int MaxEdges = 16;

    /// <summary>The highest base from which the last port of the layout is still a valid port.</summary>
    public const int MaxPortBase = 65_535 - PortLayout.Span;
}
