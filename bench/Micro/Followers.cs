using System.Diagnostics;
using System.Globalization;
using EdgeCache.Edge.Filling;
using EdgeCache.Edge.Storage.Nvme;
using EdgeCache.Shared.Buffers;
using EdgeCache.Shared.Primitives;

namespace EdgeCache.Micro;

/// <summary>
/// How long after bytes arrived in a fill each of its readers has them in a buffer of its own: many wait for the same chunk, which comes in pieces.
/// BenchmarkDotNet measures means; here the slowest reader counts.
/// </summary>
internal static class Followers
{
    private const int PieceSize = 64 << 10;
    private const int Rounds = 10;

    /// <summary>Between two pieces: readers that copy all the time would wait for each other rather than for the bytes.</summary>
    private static readonly TimeSpan PiecePause = TimeSpan.FromMilliseconds(20);

    /// <summary>Has so many readers follow fills of whole chunks, and prints the distribution of the delays.</summary>
    public static async Task RunAsync(int readers)
    {
        using var pool = new BufferPool(ChunkGeometry.PayloadSize, maxOutstanding: 2, maxRetained: 2);
        var (first, later) = (new List<double>(), new List<double>());
        for (var round = 0; round < Rounds; round++)
        {
            await FollowAsync(pool, readers, round == 0 ? null : (first, later)); // The first round compiles the code.
        }

        Print("first bytes", first);
        Print("later bytes", later);
    }

    private static async Task FollowAsync(BufferPool pool, int readers, (List<double> First, List<double> Later)? delays)
    {
        const int Length = ChunkGeometry.PayloadSize;
        var ticket = new FillScheduler(long.MaxValue / 2, maxActive: 1, maxQueued: 1).TryEnter("bench", FillPriority.Foreground, Length)!;
        using var abandoned = new CancellationTokenSource();
        var fill = new ChunkFill(
            new ChunkId(Generation.New(TimeProvider.System), 0), new FillExtent(0, Length, IsWhole: true, IsBlocks: false), reader: 0, ticket, abandoned);
        if (!pool.TryRent(out var buffer) || !fill.Begin(buffer))
        {
            throw new InvalidOperationException("The fill can't begin.");
        }

        var arrivals = new long[(Length + PieceSize - 1) / PieceSize];
        var following = Enumerable.Range(0, readers).Select(_ => Task.Run(() => ReadAsync(fill, arrivals))).ToArray();
        for (var piece = 0; piece < arrivals.Length; piece++)
        {
            await Task.Delay(PiecePause);
            Volatile.Write(ref arrivals[piece], Stopwatch.GetTimestamp());
            fill.Advance(Math.Min(PieceSize, Length - (piece * PieceSize)));
        }

        foreach (var delay in await Task.WhenAll(following))
        {
            delays?.First.Add(delay[0]);
            delays?.Later.AddRange(delay[1..]);
        }

        fill.Retire();
        ticket.Dispose();
    }

    /// <summary>Reads the chunk as a client's reader does; the delay of each piece, in milliseconds.</summary>
    private static async Task<List<double>> ReadAsync(ChunkFill fill, long[] arrivals)
    {
        var own = new byte[PieceSize];
        var delays = new List<double>(arrivals.Length);
        for (var offset = 0; offset < fill.Length;)
        {
            await fill.WaitBeyondAsync(offset, CancellationToken.None);
            var count = fill.TryCopy(offset, own);
            delays.Add(Stopwatch.GetElapsedTime(Volatile.Read(ref arrivals[offset / PieceSize])).TotalMilliseconds);
            offset += count;
        }

        return delays;
    }

    private static void Print(string what, List<double> delays)
    {
        delays.Sort();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{what}: {delays.Count} delays, p50 {At(0.5):F3} ms, p99 {At(0.99):F3} ms, p99.9 {At(0.999):F3} ms, max {delays[^1]:F3} ms"));

        double At(double quantile) => delays[(int)(quantile * (delays.Count - 1))];
    }
}
