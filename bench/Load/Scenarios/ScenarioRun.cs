using EdgeCache.Load.Servers;

namespace EdgeCache.Load.Scenarios;

/// <summary>Carries out scenarios one after the other, each with its rounds.</summary>
internal static class ScenarioRun
{
    private static readonly IReadOnlyList<(string Name, Func<ScenarioContext, Scenario> Create)> Known =
    [
        (PutScenario.ScenarioName, static context => new PutScenario(context)),
        (MultipartScenario.ScenarioName, static context => new MultipartScenario(context)),
        (ConnectionsScenario.ScenarioName, static context => new ConnectionsScenario(context)),
        (StartupScenario.ScenarioName, static context => new StartupScenario(context)),
        (MetadataScenario.ScenarioName, static context => new MetadataScenario(context)),
    ];

    public static IReadOnlyList<string> Names { get; } = [.. Known.Select(static known => known.Name)];

    /// <summary>Measures what the settings name; all figures in the order of measuring.</summary>
    /// <exception cref="ServerException">A server could not be started, or gave a wrong answer.</exception>
    public static async Task<IReadOnlyList<Figure>> MeasureAsync(ScenarioContext context, CancellationToken cancellation)
    {
        var figures = new List<Figure>();
        foreach (var (_, create) in Known.Where(known => context.Settings.Wants(known.Name)))
        {
            await using var scenario = create(context);
            context.Progress.Report($"preparing {scenario.Name}");
            await scenario.PrepareAsync(cancellation);
            for (var round = 1; round <= context.Settings.Rounds; round++)
            {
                var measured = await scenario.MeasureAsync(round, cancellation);
                figures.AddRange(measured);
                foreach (var figure in measured)
                {
                    context.Progress.Report($"round {round}  {figure.Scenario,-10} {figure.Name}: {figure.Value:0.###}");
                }
            }
        }

        return figures;
    }
}
