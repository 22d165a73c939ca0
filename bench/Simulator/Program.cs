using System.CommandLine;
using EdgeCache.Shared.Primitives;
using EdgeCache.Simulator;
using EdgeCache.Simulator.Workloads;

var trace = new Option<string?>("--trace") { Description = "Replay this file: lines of time,key,size (seconds, bytes).", HelpName = "FILE" };
var workload = new Option<string[]>("--workload")
{
    Description = "Replay these synthetic workloads.",
    AllowMultipleArgumentsPerToken = true,
    DefaultValueFactory = _ => [.. Synthetic.Names],
};
workload.AcceptOnlyFromAmong([.. Synthetic.Names]);
var capacity = new Option<string>("--capacity") { Description = "The cache's size.", DefaultValueFactory = _ => "256GiB", HelpName = "SIZE" };
var rate = new Option<string?>("--write-budget") { Description = "Bytes per second that the budgeted policy may write; default: the capacity per day.", HelpName = "SIZE" };
foreach (var size in new Option[] { capacity, rate })
{
    size.Validators.Add(result =>
    {
        if (result.Tokens.Count > 0 && !(ByteSize.TryParse(result.Tokens[0].Value, out var bytes) && bytes > 0))
            result.AddError($"{size.Name} {result.Tokens[0].Value} is not a size such as 256GiB.");
    });
}

var seed = new Option<int>("--seed") { Description = "The synthetic workloads' seed.", DefaultValueFactory = _ => 1 };
var root = new RootCommand("Replays reads against eviction policies: the chunk store's own, LRU, FIFO, SIEVE and a bound that no policy can exceed.")
{
    trace, workload, capacity, rate, seed,
};
root.SetAction(parsed =>
{
    var bytes = ByteSize.Parse(parsed.GetValue(capacity)!);
    var budget = parsed.GetValue(rate) is { } text ? ByteSize.Parse(text) : (long?)null;
    try
    {
        if (parsed.GetValue(trace) is { } path)
        {
            Simulation.Run(path, TraceFile.Read(path), bytes, budget, Console.Out);
            return 0;
        }

        Console.WriteLine($"seed {parsed.GetValue(seed)}");
        foreach (var name in parsed.GetValue(workload)!)
            Simulation.Run(name, Synthetic.Make(name, bytes, parsed.GetValue(seed)), bytes, budget, Console.Out);
        return 0;
    }
    catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
    {
        Console.Error.WriteLine(e.Message);
        return 2;
    }
});
return root.Parse(args).Invoke();
