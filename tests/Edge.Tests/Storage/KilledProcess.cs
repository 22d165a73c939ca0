using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace EdgeCache.Edge.Tests.Storage;

/// <summary>
/// Runs a test in its other role, as a process that appends as fast as it can until it is killed: an environment variable says where, and from which number
/// on, and it acknowledges on its standard output.
/// </summary>
internal static class KilledProcess
{
    private const string Role = "EDGECACHE_TEST_APPEND_UNTIL_KILLED";
    private const string Acknowledged = "stored ";
    private const int Writers = 4;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Where to append and from which number on, when this process is to be killed; null in the test proper.</summary>
    public static (string Directory, int From)? Assignment => Environment.GetEnvironmentVariable(Role)?.Split('|') is [var directory, var from]
        ? (directory, int.Parse(from, CultureInfo.InvariantCulture))
        : null;

    /// <summary>Runs the process, kills it after so many acknowledgements, and returns all that it acknowledged.</summary>
    public static async Task<List<int>> RunAndKillAsync(Type test, string method, string directory, int from, int count)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, test.Assembly.GetName().Name!))
        {
            ArgumentList = { "-method", $"{test.FullName}.{method}" },
            Environment = { [Role] = string.Create(CultureInfo.InvariantCulture, $"{directory}|{from}") },
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        var stored = new List<int>();
        var others = new StringBuilder();
        while (await process.StandardOutput.ReadLineAsync(Cancellation) is { } line)
        {
            if (!line.StartsWith(Acknowledged, StringComparison.Ordinal))
                others.AppendLine(line);
            else if (line.Length == Acknowledged.Length + 8 && int.TryParse(line.AsSpan(Acknowledged.Length), CultureInfo.InvariantCulture, out var number))
                stored.Add(number);

            // What it acknowledges between the signal and its end counts as well.
            if (stored.Count == count && !process.HasExited)
                process.Kill();
        }

        await process.WaitForExitAsync(Cancellation);
        Assert.True(stored.Count >= count, $"it ended by itself after {stored.Count}: {others}");
        return stored;
    }

    /// <summary>Appends from several threads, and acknowledges each number once it is stored.</summary>
    public static async Task AppendUntilKilledAsync(int from, Func<int, Task> append)
    {
        await using var output = Console.OpenStandardOutput();
        var next = from - 1;
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(_ => Task.Run(async () =>
        {
            while (!Cancellation.IsCancellationRequested)
            {
                var number = Interlocked.Increment(ref next);
                await append(number);
                var line = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"\n{Acknowledged}{number:D8}\n"));
                lock (output)
                    output.Write(line);
            }
        })));
    }
}
