using System.Diagnostics;
using EdgeCache.Load.Data;
using EdgeCache.Load.Servers;

namespace EdgeCache.Load.Scenarios;

/// <summary>
/// An upload of <see cref="Comparison.RunSettings.LargeSize"/> bytes through the edge to the origin, with Content-MD5, so that the origin proves what
/// arrived; acknowledged when it is on the disk. Beside it, round by round, what the disk and MD5 take alone.
/// </summary>
internal abstract class UploadScenario(string name, ScenarioContext context) : Scenario(name, context)
{
    private const int BlockSize = 1 << 20;
    private const int LeastPart = 5;

    private readonly byte[] _block = new byte[BlockSize];
    private ProductDeployment? _deployment;
    private ProductProcess? _edge;

    /// <summary>The bytes of one upload, whole MiB of each part, and of those at least as many as S3 wants.</summary>
    protected long Size => Math.Max(Parts > 1 ? LeastPart : 1, Settings.LargeSize / Parts / BlockSize) * BlockSize * Parts;

    /// <summary>How many parts there are, sent at the same time.</summary>
    protected abstract int Parts { get; }

    protected byte[] Block => _block;

    protected ProductDeployment Deployment => _deployment!;

    protected ProductProcess Edge => _edge!;

    public override async Task PrepareAsync(CancellationToken cancellation)
    {
        SeededBytes.For(Settings.Seed, Name).Read(0, _block);
        _deployment = await DeployAsync(cancellation);
        _edge = await _deployment.StartEdgeAsync("LGA1", Settings.CacheSize, Settings.EdgeArguments, cancellation);

        // Unmeasured: code that is not compiled to its final form is not what an upload meets.
        await UploadAsync("warm", cancellation);
    }

    public override ValueTask DisposeAsync() => _deployment?.DisposeAsync() ?? ValueTask.CompletedTask;

    protected abstract Task UploadAsync(string key, CancellationToken cancellation);

    protected override async Task MeasureAsync(CancellationToken cancellation)
    {
        var gigabytes = Size / 1e9;
        var before = (Edge: Edge.CpuTime, Origin: Deployment.Origin.CpuTime, Client: Environment.CpuUsage.TotalTime);
        var begun = Stopwatch.GetTimestamp();
        var key = $"upload-{Round}";
        await UploadAsync(key, cancellation);
        var rate = gigabytes / Stopwatch.GetElapsedTime(begun).TotalSeconds;
        Add("GB/s", rate);
        Add("edge cpu s/GB", (Edge.CpuTime - before.Edge).TotalSeconds / gigabytes);
        Add("origin cpu s/GB", (Deployment.Origin.CpuTime - before.Origin).TotalSeconds / gigabytes);
        Add("client cpu s/GB", (Environment.CpuUsage.TotalTime - before.Client).TotalSeconds / gigabytes);
        Add("edge peak MB", Edge.PeakMemory / 1e6);
        Add("origin peak MB", Deployment.Origin.PeakMemory / 1e6);
        await Deployment.Account.DeleteAsync(key, cancellation);

        var disk = gigabytes / await DiskAndDigest.WriteAsync(Directory, Size, cancellation);
        Add("dd conv=fsync GB/s", disk);
        var digest = gigabytes / await DiskAndDigest.DigestAsync(_block, Size, 1);
        Add("MD5 GB/s", digest);
        await CompareAsync(rate, disk, digest);
    }

    /// <summary>Adds what the rate is to be measured by.</summary>
    protected abstract Task CompareAsync(double rate, double disk, double digest);
}
