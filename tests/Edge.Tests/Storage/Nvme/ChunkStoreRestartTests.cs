using EdgeCache.Edge.Storage.Nvme;
using EdgeCache.Testing;

namespace EdgeCache.Edge.Tests.Storage.Nvme;

public sealed class ChunkStoreRestartTests : IDisposable
{
    private readonly TempDirectory directory = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string First => directory.Combine("first");

    public void Dispose() => directory.Dispose();

    [Theory]
    [InlineData(31, 5)]
    [InlineData(32, 60)]
    public async Task A_restart_finds_every_chunk(int seed, int chunks)
    {
        List<int> before;
        await using (var store = await TestChunks.OpenAsync(First))
        {
            await AppendAsync(store, seed, 0, chunks);
            before = await PresentAsync(store, seed, chunks);
        }

        for (var restart = 0; restart < 3; restart++)
        {
            await using var store = await TestChunks.OpenAsync(First);
            Assert.Equal(before, await PresentAsync(store, seed, chunks));
            Assert.Equal(before.Count, store.Statistics.LiveChunks);
        }
    }

    [Theory]
    [InlineData(33)]
    [InlineData(34)]
    public async Task A_kill_loses_nothing_that_was_acknowledged(int seed)
    {
        await using var store = await TestChunks.OpenAsync(First);
        for (var (number, round) = (0, 0); round < 5; round++)
        {
            await AppendAsync(store, seed, number, number + 11);
            number += 11;
            var present = await PresentAsync(store, seed, number);

            // The files as a kill at this instant leaves them; the store goes on.
            var copy = directory.Combine($"copy{round}");
            TestChunks.CopyFiles(First, copy);
            await using var restarted = await TestChunks.OpenAsync(copy);
            Assert.Equal(present, await PresentAsync(restarted, seed, number));
            await restarted.AppendAsync(seed, 10_000);
            Assert.True(await restarted.VerifyAsync(seed, 10_000));
        }
    }

    [Fact]
    public async Task What_was_written_after_a_restart_survives_the_next()
    {
        for (var round = 0; round < 6; round++)
        {
            await using var store = await TestChunks.OpenAsync(First);
            for (var earlier = 0; earlier < round; earlier++)
                Assert.True(await store.VerifyAsync(1, earlier, 100_000), $"chunk {earlier} in round {round}");

            await store.AppendAsync(1, round, 100_000);
        }
    }

    [Fact]
    public async Task A_torn_tail_costs_only_the_chunks_in_it()
    {
        await using (var store = await TestChunks.OpenAsync(First))
            await AppendAsync(store, 41, 0, 8, 900_000);

        // The last segment file loses its end, as if the file system had not written it.
        var last = Directory.EnumerateFiles(First, "chunks.*").OrderBy(path => int.Parse(Path.GetExtension(path)[1..])).Last();
        using (var file = File.OpenWrite(last))
            file.SetLength(file.Length - 500_000);

        await using var again = await TestChunks.OpenAsync(First);
        Assert.Equal(Enumerable.Range(0, 7), await PresentAsync(again, 41, 8, 900_000));
        await again.AppendAsync(41, 7, 900_000);
        Assert.True(await again.VerifyAsync(41, 7, 900_000));
    }

    [Theory]
    [InlineData(51)]
    [InlineData(52)]
    [InlineData(53)]
    public async Task Flipped_bits_are_never_served(int seed)
    {
        const int chunks = 10, length = 700_000;
        await using (var store = await TestChunks.OpenAsync(First))
            await AppendAsync(store, seed, 0, chunks, length);

        var random = new Random(seed);
        foreach (var path in Directory.EnumerateFiles(First, "chunks.*"))
        {
            using var file = File.Open(path, FileMode.Open);
            for (var flip = 0; flip < 4; flip++)
            {
                file.Position = random.NextInt64(file.Length);
                var value = file.ReadByte();
                file.Position--;
                file.WriteByte((byte)(value ^ (1 << random.Next(8))));
            }
        }

        await using var again = await TestChunks.OpenAsync(First);
        var damaged = 0;
        for (var number = 0; number < chunks; number++)
        {
            Assert.True(again.TryGet(TestChunks.Id(seed, number), out var lease));
            using (lease)
            {
                var bytes = new byte[length];
                if (await lease.ReadAsync(0, bytes, Cancellation))
                {
                    Assert.True(bytes.AsSpan().SequenceEqual(TestChunks.Bytes(seed, number, length)), $"chunk {number}, seed {seed}");
                    continue;
                }
            }

            damaged++;
            Assert.False(again.Contains(TestChunks.Id(seed, number)));
            await again.AppendAsync(seed, number, length);
            Assert.True(await again.VerifyAsync(seed, number, length), "a damaged chunk can be stored anew");
        }

        Assert.True(damaged > 0, $"seed {seed} hit only padding");
        Assert.Equal(damaged, again.Statistics.ChecksumFailures);
    }

    [Theory]
    [InlineData(61)]
    [InlineData(62)]
    [InlineData(63)]
    [InlineData(64)]
    public async Task A_damaged_journal_costs_chunks_but_never_bytes(int seed)
    {
        const int chunks = 30, length = 50_000;
        await using (var store = await TestChunks.OpenAsync(First))
            await AppendAsync(store, seed, 0, chunks, length);

        var random = new Random(seed);
        using (var file = File.Open(Path.Combine(First, "journal.0"), FileMode.Open))
        {
            var used = chunks * (JournalEntry.Size + RecordLog.FrameSize);
            for (var flip = 0; flip < 6; flip++)
            {
                file.Position = 64 + random.Next(used);
                file.WriteByte((byte)random.Next(256));
            }
        }

        List<int> left;
        await using (var again = await TestChunks.OpenAsync(First))
        {
            left = await PresentAsync(again, seed, chunks, length);
            Assert.InRange(left.Count, 0, chunks - 1);
            await AppendAsync(again, seed, chunks, chunks + 5, length);
        }

        // The journal was written anew: the next start finds no damage and loses nothing.
        await using var third = await TestChunks.OpenAsync(First);
        Assert.Equal(left.Concat(Enumerable.Range(chunks, 5)), await PresentAsync(third, seed, chunks + 5, length));
    }

    [Theory]
    [InlineData("journal-commit")]
    [InlineData("journal.0")]
    [InlineData("layout")]
    public async Task A_missing_file_leaves_an_empty_store_that_works(string name)
    {
        await using (var store = await TestChunks.OpenAsync(First))
            await AppendAsync(store, 71, 0, 5);
        File.Delete(Path.Combine(First, name));

        await using var again = await TestChunks.OpenAsync(First);
        Assert.Empty(await PresentAsync(again, 71, 5));
        await AppendAsync(again, 71, 0, 5);
        Assert.Equal(5, (await PresentAsync(again, 71, 5)).Count);
    }

    [Fact]
    public async Task A_torn_commit_slot_falls_back_to_the_commit_before()
    {
        await using (var store = await TestChunks.OpenAsync(First))
            await AppendAsync(store, 72, 0, 6, 10_000);

        var commits = File.ReadAllBytes(Path.Combine(First, "journal-commit"));
        var newest = BitConverter.ToInt64(commits, 8) > BitConverter.ToInt64(commits, 4096 + 8) ? 0 : 4096;
        commits[newest + 40] ^= 1;
        File.WriteAllBytes(Path.Combine(First, "journal-commit"), commits);

        await using var again = await TestChunks.OpenAsync(First);
        Assert.Equal(Enumerable.Range(0, 5), await PresentAsync(again, 72, 6, 10_000));
    }

    [Fact]
    public async Task Files_that_no_journal_names_are_deleted()
    {
        await using (var store = await TestChunks.OpenAsync(First))
            await AppendAsync(store, 73, 0, 2);
        var orphan = Path.Combine(First, "chunks.77");
        File.WriteAllBytes(orphan, new byte[1000]);

        await using var again = await TestChunks.OpenAsync(First);
        Assert.False(File.Exists(orphan));
        Assert.Equal(2, again.Statistics.LiveChunks);
    }

    [Fact]
    public async Task A_smaller_capacity_keeps_the_newest_and_its_budget()
    {
        const long larger = 256 << 20, smaller = 96 << 20;
        const int chunks = 40;
        await using (var store = await TestChunks.OpenAsync(First, larger))
            await AppendAsync(store, 74, 0, chunks, ChunkGeometry.PayloadSize);

        await using var again = await TestChunks.OpenAsync(First, smaller);
        Assert.InRange(again.Statistics.DiskBytes, 1, smaller);
        Assert.InRange(TestChunks.BytesOnDisk(First), 1, smaller);
        var present = await PresentAsync(again, 74, chunks, ChunkGeometry.PayloadSize);
        Assert.NotEmpty(present);
        Assert.Equal(Enumerable.Range(chunks - present.Count, present.Count), present);
        await again.AppendAsync(74, chunks, ChunkGeometry.PayloadSize);
        Assert.InRange(again.Statistics.DiskBytes, 1, smaller);
    }

    [Fact]
    public async Task The_journal_is_compacted_and_stays_small()
    {
        const int rounds = 5000;
        await using (var store = await TestChunks.OpenAsync(First))
        {
            await AppendAsync(store, 75, 0, 3, 1000);
            for (var round = 0; round < rounds; round += 250)
            {
                // Many small chunks that go again: entries without end, but hardly anything live.
                await Task.WhenAll(Enumerable.Range(1000 + round, 250).Select(number => store.AppendAsync(75, number, 10)));
                for (var number = 1000 + round; number < 1250 + round; number++)
                    store.Remove(TestChunks.Id(75, number));
                await store.FlushAsync(Cancellation);
                Assert.InRange(store.Statistics.DiskBytes, 1, TestChunks.SmallCapacity);
            }
        }

        var journal = Directory.EnumerateFiles(First, "journal.*").Sum(path => new FileInfo(path).Length);
        Assert.InRange(journal, 1, rounds * 2 * (JournalEntry.Size + RecordLog.FrameSize) / 2);
        await using var again = await TestChunks.OpenAsync(First);
        Assert.Equal([0, 1, 2], await PresentAsync(again, 75, 3, 1000));
    }

    private static async Task AppendAsync(ChunkStore store, int seed, int from, int to, int? length = null)
    {
        for (var number = from; number < to; number++)
            await store.AppendAsync(seed, number, length);
    }

    private static async Task<List<int>> PresentAsync(ChunkStore store, int seed, int chunks, int? length = null)
    {
        var present = new List<int>();
        for (var number = 0; number < chunks; number++)
        {
            if (await store.VerifyAsync(seed, number, length))
                present.Add(number);
        }

        return present;
    }
}
