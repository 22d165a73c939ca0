using EdgeCache.Edge.Hosting;

return await EdgeProgram.RunAsync(args);
