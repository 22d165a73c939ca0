using EdgeCache.Testing;

namespace EdgeCache.Shared.Tests.Testing;

public sealed class ByteStreamsTests
{
    [Fact]
    public void Any_range_of_the_content_equals_the_same_range_of_the_whole()
    {
        var whole = ByteStreams.Content(seed: 7, length: 200);
        for (var offset = 0; offset < 40; offset++)
        {
            for (var length = 0; length < 40; length++)
            {
                Assert.Equal(whole[offset..(offset + length)], ByteStreams.Content(7, offset, length));
            }
        }

        Assert.NotEqual(whole, ByteStreams.Content(8, 200));
    }

    [Fact]
    public void FirstDifference_finds_a_flipped_bit()
    {
        var bytes = ByteStreams.Content(3, 1_000, 10_000);
        Assert.Equal(-1, ByteStreams.FirstDifference(3, 1_000, bytes));
        bytes[9_999] ^= 1;
        Assert.Equal(9_999, ByteStreams.FirstDifference(3, 1_000, bytes));
        bytes[4_096] ^= 1;
        Assert.Equal(4_096, ByteStreams.FirstDifference(3, 1_000, bytes));
    }

    [Fact]
    public async Task A_sliced_stream_never_reads_across_a_slice()
    {
        var stop = TestContext.Current.CancellationToken;
        var content = ByteStreams.Content(1, 100);
        var begun = new List<int>();
        await using var stream = new SlicedStream(content, [3, 5], (slice, _) =>
        {
            begun.Add(slice);
            return Task.CompletedTask;
        });

        var buffer = new byte[100];
        var sizes = new List<int>();
        while (await stream.ReadAsync(buffer.AsMemory(sizes.Sum(), Math.Min(4, 100 - sizes.Sum())), stop) is > 0 and var count)
        {
            sizes.Add(count);
        }

        Assert.Equal([3, 4, 1, 4], sizes.Take(4));
        Assert.Equal([0, 1, 2], begun);
        Assert.Equal(content, buffer);
    }

    [Fact]
    public async Task A_failing_stream_hands_out_exactly_the_scripted_bytes()
    {
        var stop = TestContext.Current.CancellationToken;
        await using var stream = new FailingStream(ByteStreams.Open(1, 100), failAt: 10);
        var buffer = new byte[100];
        Assert.Equal(10, await stream.ReadAsync(buffer, stop));
        await Assert.ThrowsAsync<IOException>(() => stream.ReadExactlyAsync(buffer, stop).AsTask());
    }
}
