using System.Diagnostics;
using System.Globalization;
using System.Text;
using EdgeCache.Testing;

namespace EdgeCache.Edge.Tests.Storage.Nvme;

/// <summary>
/// Kills a process that appends as fast as it can, again and again, on one directory. The process is this test again, in its other role: an
/// environment variable says where to append and from which number on, and it acknowledges on its standard output.
/// </summary>
public sealed class ChunkStoreKillTests
{
    private const string Role = "EDGECACHE_TEST_APPEND_UNTIL_KILLED";
    private const string Acknowledged = "stored ";
    private const int Seed = 91, Length = 300_000;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_acknowledged_survives_kill_9_and_nothing_wrong_is_served()
    {
        if (Environment.GetEnvironmentVariable(Role) is { } role)
        {
            await AppendUntilKilledAsync(role.Split('|')[0], int.Parse(role.Split('|')[1], CultureInfo.InvariantCulture));
            return;
        }

        using var directory = new TempDirectory();
        var random = new Random(Seed);
        var next = 0;
        for (var cycle = 0; cycle < 6; cycle++)
        {
            // In the later cycles the store is full, so that the kill meets evictions too.
            var stored = await RunAndKillAsync(directory.Path, next, random.Next(20, 140));
            next = stored.Max() + 1000;

            await using var store = await TestChunks.OpenAsync(directory.Path);
            Assert.InRange(TestChunks.BytesOnDisk(directory.Path), 1, TestChunks.SmallCapacity);
            var present = 0;
            foreach (var number in stored)
                present += await store.VerifyAsync(Seed, number, Length) ? 1 : 0;

            // First in, first out: only the oldest may have been evicted.
            Assert.True(present >= Math.Min(stored.Count, 80), $"cycle {cycle}: {present} of {stored.Count}, {store.Statistics}");
            foreach (var number in stored.Order().TakeLast(40))
                Assert.True(store.Contains(TestChunks.Id(Seed, number)), $"cycle {cycle}: chunk {number} was acknowledged last and is lost");
        }
    }

    private static async Task<List<int>> RunAndKillAsync(string directory, int from, int count)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, typeof(ChunkStoreKillTests).Assembly.GetName().Name!))
        {
            ArgumentList = { "-method", $"{typeof(ChunkStoreKillTests).FullName}.{nameof(What_was_acknowledged_survives_kill_9_and_nothing_wrong_is_served)}" },
            Environment = { [Role] = $"{directory}|{from}" },
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

    private static async Task AppendUntilKilledAsync(string directory, int from)
    {
        await using var store = await TestChunks.OpenAsync(directory);
        await using var output = Console.OpenStandardOutput();
        var next = from - 1;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            while (!Cancellation.IsCancellationRequested)
            {
                var number = Interlocked.Increment(ref next);
                await store.AppendAsync(Seed, number, Length);
                var line = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"\n{Acknowledged}{number:D8}\n"));
                lock (output)
                    output.Write(line);
            }
        })));
    }
}
