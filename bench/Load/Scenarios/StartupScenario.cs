using System.Diagnostics;
using System.Globalization;
using EdgeCache.Edge.Storage.Nvme;
using EdgeCache.Load.Servers;
using EdgeCache.Micro.Restart;

namespace EdgeCache.Load.Scenarios;

/// <summary>
/// <c>startup</c>: from the start of an edge's process until it says that it is ready, with what a drive of <see cref="Comparison.RunSettings.SimulatedCache"/> bytes
/// would have left behind: a journal by the store's own code, and sparse segment files. Then its memory, idle.
/// </summary>
internal sealed class StartupScenario(ScenarioContext context) : Scenario(ScenarioName, context)
{
    public const string ScenarioName = "startup";
    public const string Ready = "s until ready";
    public const string IdleMemory = "idle MB";

    /// <summary>The main log has four fifths of the edge's cache: the others are the small log's and the small objects'.</summary>
    private const double MainShare = 0.8;

    private const string LiveChunks = "edgecache_edge_nvme_live_chunks";

    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(3);

    private ProductDeployment? _deployment;
    private long _cacheSize;

    public override async Task PrepareAsync(CancellationToken cancellation)
    {
        _deployment = await DeployAsync(cancellation);
        var chunks = System.IO.Directory.CreateDirectory(Path.Combine(_deployment.EdgeDirectory("LGA1"), "chunks")).FullName;
        var made = await RestartData.MakeAsync(chunks, (int)Math.Max(1, Settings.SimulatedCache / ChunkGeometry.PayloadSize));
        _cacheSize = (long)(made.CapacityBytes / MainShare);
    }

    public override ValueTask DisposeAsync() => _deployment?.DisposeAsync() ?? ValueTask.CompletedTask;

    protected override async Task MeasureAsync(CancellationToken cancellation)
    {
        var begun = Stopwatch.GetTimestamp();
        var edge = await _deployment!.StartEdgeAsync("LGA1", _cacheSize, Settings.EdgeArguments, cancellation);
        Add(Ready, Stopwatch.GetElapsedTime(begun).TotalSeconds);
        Add("cpu s until ready", edge.CpuTime.TotalSeconds);
        Add("MB when ready", edge.Memory / 1e6);
        await Task.Delay(Settling, cancellation);
        Add(IdleMemory, edge.Memory / 1e6);
        Add("chunks found", await ChunksAsync(edge, cancellation));
        await _deployment.StopEdgeAsync(edge);
    }

    /// <summary>What the edge says that it found, so that a reader can see that it was there.</summary>
    private async Task<double> ChunksAsync(ProductProcess edge, CancellationToken cancellation)
    {
        var metrics = await Context.Http.GetStringAsync(new Uri(edge.Admin, "/metrics"), cancellation);
        return metrics.Split('\n')
            .Where(static line => line.StartsWith(LiveChunks, StringComparison.Ordinal))
            .Sum(static line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));
    }
}
