using EdgeCache.Edge.Storage.Blocks;
using EdgeCache.Edge.Tests.Storage.Nvme;
using EdgeCache.Testing;

namespace EdgeCache.Edge.Tests.Storage.Blocks;

/// <summary>Kills a process that appends blocks as fast as it can, again and again, on one directory.</summary>
public sealed class BlockStoreKillTests
{
    private const int Seed = 92;

    [Fact]
    public async Task What_was_acknowledged_survives_kill_9_and_nothing_wrong_is_served()
    {
        if (KilledProcess.Assignment is var (assigned, from))
        {
            await using var store = TestBlocks.Open(assigned);
            await KilledProcess.AppendUntilKilledAsync(from, number => store.AppendAsync(Seed, number, LengthOf(number)));
            return;
        }

        using var directory = new TempDirectory();
        var random = new Random(Seed);
        var next = 0;
        for (var cycle = 0; cycle < 6; cycle++)
        {
            // In the later cycles the store is full, so that the kill meets evictions too.
            var stored = await KilledProcess.RunAndKillAsync(
                typeof(BlockStoreKillTests), nameof(What_was_acknowledged_survives_kill_9_and_nothing_wrong_is_served), directory.Path, next, random.Next(50, 1000));
            next = stored.Max() + 1000;

            await using var store = TestBlocks.Open(directory.Path);
            Assert.InRange(TestChunks.BytesOnDisk(directory.Path), 1, BlockStoreOptions.MinimumCapacity);
            var present = 0;
            foreach (var number in stored)
                present += await store.VerifyAsync(Seed, number, LengthOf(number)) ? 1 : 0;

            // First in, first out: only the oldest may have been evicted.
            Assert.True(present >= Math.Min(stored.Count, 100), $"cycle {cycle}: {present} of {stored.Count}, {store.State}");
            foreach (var number in stored.Order().TakeLast(40))
                Assert.True(store.Contains(TestBlocks.Key(Seed, number)), $"cycle {cycle}: block {number} was acknowledged last and is lost");
        }
    }

    private static int LengthOf(int number) => 1 + (number * 977 % 20_000);
}
