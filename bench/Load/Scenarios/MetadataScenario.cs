using System.Globalization;
using System.Net;
using System.Text;
using EdgeCache.Load.Client;
using EdgeCache.Load.Servers;

namespace EdgeCache.Load.Scenarios;

/// <summary>
/// <c>metadata</c>: a bucket of a million objects at the origin. Lists of a thousand keys and HEADs as open loops, on an otherwise idle origin; PUTs of
/// 1 KiB as fast as 64 connections go, each durable when it is answered.
/// </summary>
internal sealed class MetadataScenario(ScenarioContext context) : Scenario(ScenarioName, context)
{
    public const string ScenarioName = "metadata";
    public const string ListP99 = "list 1,000 keys p99 ms";
    public const string FoldP99 = "list 1,000 prefixes p99 ms";
    public const string HeadP99 = "HEAD p99 ms";
    public const string PutRate = "PUT 1 KiB/s";

    private const int ListConnections = 4;
    private const int ListsPerSecond = 20;
    private const int HeadConnections = 16;
    private const int HeadsPerSecond = 500;
    private const int PutConnections = 64;
    private const int PutKeys = 32_768;
    private const int Sampled = 2048;
    private const int PutSize = 1 << 10;

    /// <summary>How often a measurement is made that is too short for a single answer.</summary>
    private const int Attempts = 20;

    private readonly ManyObjects _objects = new(context.Settings.Objects);
    private ProductDeployment? _deployment;

    public override async Task PrepareAsync(CancellationToken cancellation)
    {
        _deployment = await DeployAsync(cancellation);
        Context.Progress.Report($"{Name}: making {_objects.Count} objects by {(Settings.ObjectsByS3 ? "PUTs" : "copies of a row in the catalog")}");
        await _objects.MakeAsync(_deployment, Settings.ObjectsByS3, cancellation);
        foreach (var plan in new[] { Lists(), Folds(), Heads(), Puts() })
        {
            await LoadClient.RunAsync(plan with { Duration = Settings.Warmup }, cancellation);
        }
    }

    public override ValueTask DisposeAsync() => _deployment?.DisposeAsync() ?? ValueTask.CompletedTask;

    protected override async Task MeasureAsync(CancellationToken cancellation)
    {
        var list = await RunAsync(Lists(), cancellation);
        Add("list 1,000 keys p50 ms", list.Latency.Percentile(0.5).TotalMilliseconds);
        Add(ListP99, list.Latency.Percentile(0.99).TotalMilliseconds);
        var fold = await RunAsync(Folds(), cancellation);
        Add("list 1,000 prefixes p50 ms", fold.Latency.Percentile(0.5).TotalMilliseconds);
        Add(FoldP99, fold.Latency.Percentile(0.99).TotalMilliseconds);
        var head = await RunAsync(Heads(), cancellation);
        Add("HEAD p50 ms", head.Latency.Percentile(0.5).TotalMilliseconds);
        Add(HeadP99, head.Latency.Percentile(0.99).TotalMilliseconds);
        var cpu = _deployment!.Origin.CpuTime;
        var put = await RunAsync(Puts(), cancellation);
        Add(PutRate, put.Requests / put.Elapsed.TotalSeconds);
        Add("PUT p50 ms", put.Latency.Percentile(0.5).TotalMilliseconds);
        Add("PUT p99 ms", put.Latency.Percentile(0.99).TotalMilliseconds);
        Add("PUT origin cpu us", (_deployment.Origin.CpuTime - cpu).TotalMicroseconds / put.Requests);
        Add("origin MB", _deployment.Origin.Memory / 1e6);
    }

    private static async Task<LoadResult> RunAsync(LoadPlan plan, CancellationToken cancellation)
    {
        LoadResult result;
        var attempt = 0;
        do
        {
            result = await LoadClient.RunAsync(plan, cancellation);
        }
        while (result is { Errors: 0, Requests: 0 } && ++attempt < Attempts);

        return result is { Errors: 0, Requests: > 0 }
            ? result
            : throw new ServerException(
                $"{ScenarioName}: {result.Requests} good answers to {Encoding.ASCII.GetString(plan.Requests[0].Wire).Split('\r')[0]}, {result.Errors} errors. {result.FirstError}");
    }

    private LoadPlan Lists() => Plan(ListConnections, ListsPerSecond, i =>
        Request(HttpMethod.Get, $"?list-type=2&delimiter=%2F&max-keys=1000&prefix={Uri.EscapeDataString(_objects.FolderOf(Spread(i)))}"));

    // All keys lie below the folders, so that a page of common prefixes leaps over a thousand keys for each.
    private LoadPlan Folds() => Plan(ListConnections, ListsPerSecond, _ =>
        Request(HttpMethod.Get, $"?list-type=2&delimiter=%2F&max-keys=1000&prefix={Uri.EscapeDataString(ManyObjects.Root)}"));

    private LoadPlan Heads() => Plan(HeadConnections, HeadsPerSecond, i => Request(HttpMethod.Head, _objects.KeyOf(Spread(i))) with { HeadOnly = true });

    private LoadPlan Puts() => Plan(PutConnections, null, i => Upload($"new/{i % 97:00}/{Round}-{i}"), Math.Min(PutKeys, _objects.Count));

    private LoadPlan Plan(int connections, double? rate, Func<int, PreparedRequest> request, int requests = Sampled) => new()
    {
        EndPoint = _deployment!.Origin.EndPoint,
        Requests = [.. Enumerable.Range(0, requests).Select(request)],
        Connections = connections,
        Duration = Settings.Duration,
        Rate = rate,
    };

    // A prime stride: neighbours in time are far apart in the bucket.
    private int Spread(int i) => (int)(i * 7_368_787L % _objects.Count);

    private PreparedRequest Request(HttpMethod method, string resource) => new(Head(method, resource, ""), BodyLength: -1, Content: null, Offset: 0);

    private PreparedRequest Upload(string key)
    {
        var wire = new byte[PutSize];
        Settings.Content(key).Read(0, wire);
        var length = string.Create(CultureInfo.InvariantCulture, $"Content-Length: {PutSize}\r\n");
        return new PreparedRequest([.. Head(HttpMethod.Put, key, length), .. wire], BodyLength: -1, Content: null, Offset: 0);
    }

    private byte[] Head(HttpMethod method, string resource, string lines)
    {
        var (origin, target) = (_deployment!.Origin, _deployment.Target(_deployment.Origin, method, resource));
        return Encoding.ASCII.GetBytes($"{method} {target} HTTP/{HttpVersion.Version11}\r\nHost: {origin.EndPoint}\r\n{lines}\r\n");
    }
}
