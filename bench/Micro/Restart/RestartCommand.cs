using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace EdgeCache.Micro.Restart;

/// <summary>
/// <c>restart [--rounds N] [--cold] CHUNKS...</c>: makes what a drive of so many full chunks leaves behind, and opens it in processes of their own.
/// </summary>
internal static class RestartCommand
{
    private const string OpenVerb = "open";

    /// <summary>Runs the command, or, as a child of itself, opens one directory.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        if (args is [OpenVerb, var opened, var capacity])
        {
            var facts = await RestartOpening.MeasureAsync(opened, long.Parse(capacity, CultureInfo.InvariantCulture));
            Console.WriteLine(JsonSerializer.Serialize(facts));
            return 0;
        }

        var (rounds, cold, sizes) = (5, false, new List<int>());
        for (var i = 0; i < args.Length; i++)
        {
            if (args[i] == "--rounds" && i + 1 < args.Length)
                rounds = int.Parse(args[++i], CultureInfo.InvariantCulture);
            else if (args[i] == "--cold")
                cold = true;
            else
                sizes.Add(int.Parse(args[i], CultureInfo.InvariantCulture));
        }

        Console.WriteLine($"{"chunks",9} {"cached GB",10} {"journal MB",11} {"open ms, median",16} {"max",7} {"s per 100 GB",13} {"held MB",8} {"more B per chunk",17} {"RSS MB after",13}");
        RestartFacts? smaller = null;
        foreach (var chunks in sizes.Count > 0 ? sizes : [25_000, 250_000])
            smaller = await MeasureAsync(chunks, rounds, cold, smaller);

        return 0;
    }

    private static async Task<RestartFacts> MeasureAsync(int chunks, int rounds, bool cold, RestartFacts? smaller)
    {
        var directory = Directory.CreateTempSubdirectory("edgecache-restart-").FullName;
        try
        {
            var made = await RestartData.MakeAsync(directory, chunks);
            var facts = new List<RestartFacts>();
            for (var round = 0; round < rounds; round++)
            {
                if (cold)
                    await File.WriteAllTextAsync("/proc/sys/vm/drop_caches", "3\n");
                facts.Add(await OpenAsync(directory, made.CapacityBytes));
            }

            var found = facts[0].Chunks;
            if (found < chunks - RestartData.ChunksPerSegment || facts.Exists(fact => fact.Chunks != found))
                throw new InvalidOperationException($"{found} of {chunks} chunks were found.");

            var times = facts.Select(static fact => fact.OpenMilliseconds).Order().ToList();
            var (median, held) = (times[times.Count / 2], facts.Select(static fact => fact.HeldBytes).Order().ElementAt(facts.Count / 2));
            // The log's pages and the like do not grow with the chunks: what does is the difference to the smaller store.
            var perChunk = smaller is null ? "" : ((held - smaller.HeldBytes) / (double)(found - smaller.Chunks)).ToString("F1", CultureInfo.InvariantCulture);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{found,9} {found * (4 << 20) / 1e9,10:F0} {made.JournalBytes / 1e6,11:F1} {median,16:F0} {times[^1],7:F0} {median / 1000 / (found * (4L << 20) / 1e11),13:F3} {held / 1e6,8:F1} {perChunk,17} {facts.Max(static fact => fact.ResidentBytes) / 1e6,13:F0}"));
            return new RestartFacts(found, median, held, facts.Max(static fact => fact.ResidentBytes));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task<RestartFacts> OpenAsync(string directory, long capacity)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
            start.ArgumentList.Add(typeof(RestartCommand).Assembly.Location);
        foreach (var argument in new[] { "restart", OpenVerb, directory, capacity.ToString(CultureInfo.InvariantCulture) })
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 && JsonSerializer.Deserialize<RestartFacts>(output) is { } facts
            ? facts
            : throw new InvalidOperationException($"The process that opens ended with {process.ExitCode}: {output}");
    }
}
