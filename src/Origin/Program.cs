using EdgeCache.Origin.Hosting;

return await OriginProgram.RunAsync(args);
