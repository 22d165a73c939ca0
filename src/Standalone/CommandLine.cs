using System.CommandLine.Parsing;
using System.CommandLine;
using EdgeCache.Shared.Primitives;

namespace EdgeCache.Standalone;

/// <summary>The options of the program and what they may be.</summary>
internal sealed class CommandLine
{
    private readonly Option<string> _data = new("--data")
    {
        Description = "Directory that holds everything.", DefaultValueFactory = _ => "data", HelpName = "DIR",
    };

    private readonly Option<int> _portBase = new("--port-base")
    {
        Description = "First port: edge N, ORD1 N+1, LAS1 N+2, control plane N+3. 0 lets the kernel choose.",
        DefaultValueFactory = _ => StandaloneOptions.DefaultPortBase,
        HelpName = "N",
    };

    private readonly Option<string> _cacheSize = new("--cache-size")
    {
        Description = "Disk budget of each edge's cache, e.g. 512MiB or 20GiB.", DefaultValueFactory = _ => StandaloneOptions.DefaultCacheSize, HelpName = "SIZE",
    };

    private readonly Option<int> _edges = new("--edges")
    {
        Description = $"How many edges to start, 1 to {StandaloneOptions.MaxEdges}.", DefaultValueFactory = _ => 1, HelpName = "N",
    };

    private readonly RootCommand _root;

    public CommandLine()
    {
        _root = new RootCommand("EdgeCache on one machine: two regions' origins, the control plane and an edge in one process, on loopback.")
        {
            _data, _portBase, _cacheSize, _edges,
        };
    }

    /// <summary>Parses the arguments and runs <paramref name="run"/>, or prints help, or one line that says what is wrong.</summary>
    /// <returns>The exit code: 2 for a bad option.</returns>
    public async Task<int> InvokeAsync(string[] args, Func<StandaloneOptions, Task<int>> run)
    {
        _portBase.Validators.Add(result => Require(result, StandaloneOptions.MinPortBase, StandaloneOptions.MaxPortBase));
        _edges.Validators.Add(result => Require(result, StandaloneOptions.MinEdges, StandaloneOptions.MaxEdges));
        _cacheSize.Validators.Add(static result =>
        {
            if (result.Tokens.Count == 1 && !ByteSize.TryParse(result.Tokens[0].Value, out _))
            {
                result.AddError($"{result.Option.Name} must be a size like 512MiB or 20GiB.");
            }
        });
        _root.SetAction((parsed, _) => run(new StandaloneOptions(
            parsed.GetValue(_data)!, parsed.GetValue(_portBase), parsed.GetValue(_cacheSize)!, parsed.GetValue(_edges))));

        var result = _root.Parse(args);
        if (result.Errors.Count > 0)
        {
            await Console.Error.WriteLineAsync("edgecache: " + string.Join(" ", result.Errors.Select(static e => e.Message)) + " See --help.");
            return ExitCodes.BadUsage;
        }

        return await result.InvokeAsync();
    }

    private static void Require(OptionResult result, int min, int max)
    {
        // Read from the text: asking the result for a number throws when it is none.
        if (result.Tokens.Count == 1 && !(int.TryParse(result.Tokens[0].Value, out var value) && value >= min && value <= max))
        {
            result.AddError($"{result.Option.Name} must be a number from {min} to {max}.");
        }
    }
}
