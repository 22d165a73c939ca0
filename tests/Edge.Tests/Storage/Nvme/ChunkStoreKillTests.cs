using EdgeCache.Testing;

namespace EdgeCache.Edge.Tests.Storage.Nvme;

/// <summary>Kills a process that appends chunks as fast as it can, again and again, on one directory.</summary>
public sealed class ChunkStoreKillTests
{
    private const int Seed = 91, Length = 300_000;

    [Fact]
    public async Task What_was_acknowledged_survives_kill_9_and_nothing_wrong_is_served()
    {
        if (KilledProcess.Assignment is var (assigned, from))
        {
            await using var store = await TestChunks.OpenAsync(assigned);
            await KilledProcess.AppendUntilKilledAsync(from, number => store.AppendAsync(Seed, number, Length));
            return;
        }

        using var directory = new TempDirectory();
        var random = new Random(Seed);
        var next = 0;
        for (var cycle = 0; cycle < 6; cycle++)
        {
            // In the later cycles the store is full, so that the kill meets evictions too.
            var stored = await KilledProcess.RunAndKillAsync(
                typeof(ChunkStoreKillTests), nameof(What_was_acknowledged_survives_kill_9_and_nothing_wrong_is_served), directory.Path, next, random.Next(20, 140));
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
}
