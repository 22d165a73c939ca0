using System.CommandLine;
using EdgeCache.Load.Commands;

var root = new RootCommand("Load and figures: makes data, and measures EdgeCache beside nginx in one run.")
{
    CheckpointCommand.Create(),
    RunCommand.Create(),
    GetCommand.Create(),
    RevocationCommand.Create(),
    SoakCommand.Create(),
    FarLinkCommand.Create(),
};

// After Ctrl-C or SIGTERM the commands stop every server that they started; this is how long they may take for it.
var configuration = new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(30) };
return await root.Parse(args).InvokeAsync(configuration);
