using EdgeCache.Load.Comparison;
using EdgeCache.Load.Servers;

namespace EdgeCache.Load.Scenarios;

/// <summary>
/// What is measured of the product alone, or beside what the machine itself can do, in a deployment of its own: no peer offers it, so that it is
/// not a <see cref="Workload"/>.
/// </summary>
internal abstract class Scenario(string name, ScenarioContext context) : IAsyncDisposable
{
    private readonly List<Figure> _figures = [];

    public string Name => name;

    protected ScenarioContext Context => context;

    protected RunSettings Settings => context.Settings;

    /// <summary>Where this scenario keeps its data.</summary>
    protected string Directory => Path.Combine(context.Settings.WorkDirectory, name);

    /// <summary>Starts what is measured and gives it its data.</summary>
    public abstract Task PrepareAsync(CancellationToken cancellation);

    /// <summary>Measures once; the figures of a round are those that were added meanwhile.</summary>
    public async Task<IReadOnlyList<Figure>> MeasureAsync(int round, CancellationToken cancellation)
    {
        _figures.Clear();
        Round = round;
        await MeasureAsync(cancellation);
        return [.. _figures];
    }

    public abstract ValueTask DisposeAsync();

    protected int Round { get; private set; }

    protected abstract Task MeasureAsync(CancellationToken cancellation);

    protected void Add(string figure, double value) => _figures.Add(new Figure(name, figure, Round, value));

    protected async Task<ProductDeployment> DeployAsync(CancellationToken cancellation, params IReadOnlyList<string> originArguments) =>
        await ProductDeployment.StartAsync(context.Programs, Directory, originArguments, context.Http, cancellation);
}

/// <summary>What scenarios have in common.</summary>
internal sealed record ScenarioContext(RunSettings Settings, ProductPrograms Programs, HttpClient Http, IProgress<string> Progress);
