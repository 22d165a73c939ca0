using EdgeCache.Edge.Storage;
using EdgeCache.Edge.Storage.Blocks;
using EdgeCache.Edge.Storage.Nvme;
using EdgeCache.Edge.Tests.Storage.Nvme;
using EdgeCache.Testing;

namespace EdgeCache.Edge.Tests.Storage.Blocks;

public sealed class BlockStoreFaultTests : IDisposable
{
    private const int Seed = 23, Length = 3000;

    private readonly TempDirectory _directory = new();
    private readonly ManualTimeProvider _time = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(5)]
    [InlineData(28)]
    public async Task A_failed_write_stores_nothing_for_a_while_and_what_is_stored_is_served(int error)
    {
        var failing = false;
        var options = TestBlocks.Options(_directory.Path) with
        {
            Write = (handle, bytes, position) =>
            {
                // Half of it reaches the disk.
                RandomAccess.Write(handle, bytes.Span[..(failing ? bytes.Length / 2 : bytes.Length)], position);
                return failing ? ValueTask.FromException(new IOException("fault", error)) : ValueTask.CompletedTask;
            },
        };
        await using (var store = TestBlocks.Open(options, _time))
        {
            await store.AppendAsync(Seed, 1, Length);
            failing = true;
            Assert.Equal(AppendOutcome.Unavailable, await store.TryAppendAsync(Seed, 2, Length));
            Assert.False(store.Contains(TestBlocks.Key(Seed, 2)));
            failing = false;
            Assert.Equal(AppendOutcome.Unavailable, await store.TryAppendAsync(Seed, 2, Length));
            Assert.True(await store.VerifyAsync(Seed, 1, Length));

            _time.Advance(options.RetryPause);
            await store.AppendAsync(Seed, 2, Length);
            Assert.True(await store.VerifyAsync(Seed, 2, Length));
        }

        await using var again = TestBlocks.Open(_directory.Path);
        Assert.True(await again.VerifyAsync(Seed, 1, Length));
        Assert.True(await again.VerifyAsync(Seed, 2, Length));
    }

    [Fact]
    public async Task A_device_that_does_not_answer_keeps_nobody_waiting_for_ever()
    {
        var release = new TaskCompletionSource();
        var started = new TaskCompletionSource();
        var stuck = false;
        var options = TestBlocks.Options(_directory.Path) with
        {
            Write = async (handle, bytes, position) =>
            {
                if (Volatile.Read(ref stuck))
                {
                    started.TrySetResult();
                    await release.Task;
                }

                RandomAccess.Write(handle, bytes.Span, position);
            },
        };
        await using var store = TestBlocks.Open(options, _time);
        await store.AppendAsync(Seed, 1, Length);
        Volatile.Write(ref stuck, true);
        var waiting = store.TryAppendAsync(Seed, 2, Length).AsTask();
        await started.Task.WaitAsync(Cancellation);
        _time.Advance(options.WriteTimeout);

        Assert.Equal(AppendOutcome.Unavailable, await waiting);
        Assert.Equal(AppendOutcome.Unavailable, await store.TryAppendAsync(Seed, 3, Length));
        Assert.True(await store.VerifyAsync(Seed, 1, Length));
        release.SetResult();
    }

    [Fact]
    public async Task Every_flipped_byte_of_a_record_makes_its_block_absent_and_no_other()
    {
        var offset = await OffsetOfAsync(number: 1);
        var size = BlockRecord.SizeOf(Length);
        for (var at = 0; at < BlockRecord.HeaderSize + Length; at += at < BlockRecord.HeaderSize ? 1 : 97)
        {
            await using var store = TestBlocks.Open(_directory.Path);
            Flip(offset + at);
            Assert.False(await store.VerifyAsync(Seed, 1, Length), $"byte {at} of {size}");
            Assert.False(store.Contains(TestBlocks.Key(Seed, 1)));
            Assert.True(await store.VerifyAsync(Seed, 0, Length));
            Assert.True(await store.VerifyAsync(Seed, 2, Length));
            Flip(offset + at);
        }
    }

    [Fact]
    public async Task What_a_kill_leaves_is_found_but_for_the_record_that_was_torn()
    {
        const int Blocks = 20;
        using var copy = new TempDirectory();
        await using (var store = TestBlocks.Open(_directory.Path))
        {
            for (var number = 0; number < Blocks; number++)
                await store.AppendAsync(Seed, number, Length);
            TestChunks.CopyFiles(_directory.Path, copy.Path);
        }

        var path = Path.Combine(copy.Path, "blocks.1");
        using (var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite))
            RandomAccess.SetLength(file, RandomAccess.GetLength(file) - (BlockRecord.SizeOf(Length) / 2));

        await using (var torn = TestBlocks.Open(copy.Path))
        {
            Assert.Equal(Blocks - 1, torn.State.LiveBlocks);
            for (var number = 0; number < Blocks - 1; number++)
                Assert.True(await torn.VerifyAsync(Seed, number, Length));

            // It is written on where the last whole record ends.
            await torn.AppendAsync(Seed, Blocks, Length);
            Assert.False(File.Exists(Path.Combine(copy.Path, "blocks.2")));
        }

        await using var again = TestBlocks.Open(copy.Path);
        Assert.True(await again.VerifyAsync(Seed, Blocks, Length));
        Assert.Equal(Blocks, again.State.LiveBlocks);
    }

    [Fact]
    public async Task Bytes_of_an_object_that_look_like_a_record_are_not_taken_for_one()
    {
        using var copy = new TempDirectory();
        var victim = TestBlocks.Key(Seed, 99);
        await using (var store = TestBlocks.Open(_directory.Path))
        {
            // Where the payload of the first record begins there lies a record that is right but for the seed, which no client knows.
            var forged = new byte[10 * BlockRecord.HeaderSize];
            for (var at = 0; at < forged.Length; at += 2 * BlockRecord.HeaderSize)
            {
                var place = new BlockLocation(1, SegmentHead.Size + BlockRecord.HeaderSize + at, BlockRecord.HeaderSize);
                new BlockRecord(BlockRecordKind.Stored, victim, place, 0, EdgeCache.Shared.Checksums.Crc32C.Append(0, new byte[BlockRecord.HeaderSize]))
                    .WriteHeader(forged.AsSpan(at), seed: 0);
            }

            await store.AppendAsync(TestChunks.Id(Seed, 1), 0, forged, 0, default, Cancellation);
            TestChunks.CopyFiles(_directory.Path, copy.Path);
        }

        using (var file = File.OpenHandle(Path.Combine(copy.Path, "blocks.1"), FileMode.Open, FileAccess.ReadWrite))
            RandomAccess.Write(file, new byte[BlockRecord.HeaderSize], SegmentHead.Size);

        await using var again = TestBlocks.Open(copy.Path);
        Assert.False(again.Contains(victim));
        Assert.Equal(0, again.State.LiveBlocks);
    }

    [Fact]
    public async Task A_capacity_that_shrank_keeps_the_newest_and_one_too_small_for_the_segments_starts_empty()
    {
        const long Large = 64 << 20;
        await using (var store = TestBlocks.Open(_directory.Path, Large))
        {
            for (var number = 0; number < 600; number++)
                await store.AppendAsync(Seed, number, ChunkGeometry.BlockSize);
        }

        await using (var shrunk = TestBlocks.Open(_directory.Path, Large / 2))
        {
            Assert.InRange(TestChunks.BytesOnDisk(_directory.Path), 1, Large / 2);
            Assert.True(await shrunk.VerifyAsync(Seed, 599, ChunkGeometry.BlockSize));
            Assert.False(shrunk.Contains(TestBlocks.Key(Seed, 0)));
            await shrunk.AppendAsync(Seed, 600, ChunkGeometry.BlockSize);
        }

        await using var tiny = TestBlocks.Open(_directory.Path);
        Assert.Equal(0, tiny.State.LiveBlocks);
        await tiny.AppendAsync(Seed, 601, Length);
        Assert.InRange(TestChunks.BytesOnDisk(_directory.Path), 1, BlockStoreOptions.MinimumCapacity);
    }

    private async Task<long> OffsetOfAsync(int number)
    {
        await using var store = TestBlocks.Open(_directory.Path);
        for (var each = 0; each < 3; each++)
            await store.AppendAsync(Seed, each, Length);
        return SegmentHead.Size + (number * BlockRecord.SizeOf(Length));
    }

    private void Flip(long offset)
    {
        using var file = File.OpenHandle(Path.Combine(_directory.Path, "blocks.1"), FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        Span<byte> one = stackalloc byte[1];
        RandomAccess.Read(file, one, offset);
        one[0] ^= 0x10;
        RandomAccess.Write(file, one, offset);
    }
}
