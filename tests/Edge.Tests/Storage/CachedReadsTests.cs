using EdgeCache.Edge.Storage;
using EdgeCache.Edge.Storage.Nvme;
using EdgeCache.Edge.Tests.Storage.Blocks;
using EdgeCache.Edge.Tests.Storage.Nvme;
using EdgeCache.Testing;

namespace EdgeCache.Edge.Tests.Storage;

public sealed class CachedReadsTests : IDisposable
{
    private const int Seed = 23;

    private readonly TempDirectory _directory = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Both_destinations_are_filled_one_behind_the_other()
    {
        var content = TestChunks.Bytes(Seed, 1, 9000);
        using var file = Write(content);
        Span<byte> head = new byte[64], rest = new byte[5000];
        AssertCached(file);

        Assert.True(CachedReads.TryRead(file, head, rest, 1000));

        Assert.True(head.SequenceEqual(content.AsSpan(1000, 64)));
        Assert.True(rest.SequenceEqual(content.AsSpan(1064, 5000)));
    }

    [Fact]
    public void What_the_file_does_not_have_is_no_success()
    {
        using var file = Write(TestChunks.Bytes(Seed, 1, 9000));

        Assert.False(CachedReads.TryRead(file, new byte[64], new byte[5000], 4000));
        Assert.False(CachedReads.TryRead(file, new byte[64], new byte[1], 9000));
    }

    [Fact]
    public async Task A_block_in_the_page_cache_is_read_without_waiting()
    {
        using (var file = Write(TestChunks.Bytes(Seed, 1, 100)))
            AssertCached(file);
        await using var store = TestBlocks.Open(Path.Combine(_directory.Path, "blocks"));
        await store.AppendAsync(Seed, 1, 1024);
        var destination = new byte[ChunkGeometry.BlockSize];

        var reading = store.ReadAsync(TestBlocks.Key(Seed, 1), TestBlocks.Reader, destination, Cancellation);

        Assert.True(reading.IsCompletedSuccessfully);
        Assert.Equal(1024, await reading);
        Assert.True(destination.AsSpan(0, 1024).SequenceEqual(TestChunks.Bytes(Seed, 1, 1024)));
        Assert.True(destination.AsSpan(1024).IndexOfAnyExcept((byte)0) < 0, "bytes beyond the block were written");
    }

    private Microsoft.Win32.SafeHandles.SafeFileHandle Write(byte[] content)
    {
        var path = Path.Combine(_directory.Path, "file");
        File.WriteAllBytes(path, content);
        return File.OpenHandle(path);
    }

    // Not every file system has such reads; there all goes through the thread pool.
    private static void AssertCached(Microsoft.Win32.SafeHandles.SafeFileHandle file) =>
        Assert.SkipUnless(CachedReads.TryRead(file, new byte[1], new byte[1], 0), "The file system has no reads that don't wait.");
}
