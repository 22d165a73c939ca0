using EdgeCache.Standalone;

return await new CommandLine().InvokeAsync(args, StandaloneProgram.RunAsync);
