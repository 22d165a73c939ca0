using EdgeCache.Origin.Blobs;
using EdgeCache.Origin.Encryption;
using EdgeCache.Origin.Hosting;
using EdgeCache.Shared.S3;
using EdgeCache.Shared.S3.Encryption;
using EdgeCache.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeCache.Origin.Tests.Encryption;

public sealed class SegmentTests : IAsyncDisposable
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private readonly TempDirectory _directory = new();
    private readonly BlobStore _blobs;
    private readonly KeyRing _ring;
    private readonly SegmentStore _segments;

    public SegmentTests()
    {
        _blobs = BlobStore.Open(
            new BlobStoreOptions { Directory = _directory.Combine("objects"), MinFreeBytes = 0 }, TimeProvider.System, NullLoggerFactory.Instance);
        _ring = KeyRing.Open(new OriginOptions { DataDirectory = _directory.Path }, TimeProvider.System, NullLogger<KeyRing>.Instance);
        _segments = new SegmentStore(_blobs, _ring, NullLogger<SegmentStore>.Instance);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(CipherLayout.ChunkSize - 1)]
    [InlineData(CipherLayout.ChunkSize)]
    [InlineData(CipherLayout.ChunkSize + 1)]
    [InlineData((3 * CipherLayout.ChunkSize) + 17)]
    [InlineData(4 * CipherLayout.ChunkSize)]
    public async Task Any_range_reads_back_what_was_written(int length)
    {
        var random = new Random(length);
        var bytes = new byte[length];
        random.NextBytes(bytes);
        foreach (var protection in (Protection[])[Protection.None, Protection.Server, Protection.Customer(Key(1))])
        {
            var segment = await WriteAsync(bytes, protection, random);
            Assert.Equal(length, segment.PlainLength);
            using var reader = _segments.OpenRead(segment, protection.CustomerKey).Value!;
            for (var i = 0; i < 50; i++)
            {
                var offset = random.Next(length);
                var range = new byte[random.Next(1, length - offset + 1)];
                var read = 0;
                while (read < range.Length)
                {
                    var piece = Math.Min(range.Length - read, random.Next(1, 200_000));
                    var count = await reader.ReadAsync(range.AsMemory(read, piece), offset + read, Token);
                    Assert.InRange(count, 1, piece);
                    read += count;
                }

                Assert.True(range.AsSpan().SequenceEqual(bytes.AsSpan(offset, range.Length)), $"{protection.Kind} {offset}+{range.Length} of {length}");
            }

            Assert.Equal(0, await reader.ReadAsync(new byte[1], length, Token));
        }
    }

    [Fact]
    public async Task Stored_bytes_are_not_the_plain_ones_and_none_can_be_changed()
    {
        var bytes = new byte[(2 * CipherLayout.ChunkSize) + 5];
        var segment = await WriteAsync(bytes, Protection.Server, new Random(1));
        var path = Directory.EnumerateFiles(_directory.Path, segment.Blob.ToString(), SearchOption.AllDirectories).Single();
        var stored = await File.ReadAllBytesAsync(path, Token);
        Assert.Equal(CipherLayout.StoredLength(bytes.Length), stored.Length);
        Assert.Equal(-1, stored.AsSpan().IndexOf(new byte[32]));

        foreach (var at in (int[])[0, CipherLayout.ChunkSize, CipherLayout.StoredChunkSize + 1, stored.Length - 1])
        {
            var changed = (byte[])stored.Clone();
            changed[at] ^= 1;
            await File.WriteAllBytesAsync(path, changed, Token);
            using var reader = _segments.OpenRead(segment, null).Value!;
            await Assert.ThrowsAsync<IOException>(async () => await ReadAllAsync(reader));
        }
    }

    [Fact]
    public async Task Chunks_can_neither_change_places_nor_be_cut_off()
    {
        var bytes = new byte[2 * CipherLayout.ChunkSize];
        var segment = await WriteAsync(bytes, Protection.Server, new Random(1));
        var path = Directory.EnumerateFiles(_directory.Path, segment.Blob.ToString(), SearchOption.AllDirectories).Single();
        var stored = await File.ReadAllBytesAsync(path, Token);

        await File.WriteAllBytesAsync(path, [.. stored[CipherLayout.StoredChunkSize..], .. stored[..CipherLayout.StoredChunkSize]], Token);
        using (var swapped = _segments.OpenRead(segment, null).Value!)
        {
            await Assert.ThrowsAsync<IOException>(async () => await ReadAllAsync(swapped));
        }

        await File.WriteAllBytesAsync(path, stored[..CipherLayout.StoredChunkSize], Token);
        using var cut = _segments.OpenRead(segment with { Length = CipherLayout.StoredChunkSize }, null).Value!;
        await Assert.ThrowsAsync<IOException>(async () => await ReadAllAsync(cut));
    }

    [Fact]
    public async Task Another_key_opens_nothing()
    {
        var segment = await WriteAsync([1, 2, 3], Protection.Customer(Key(1)), new Random(1));
        Assert.Equal(S3ErrorCode.InternalError, _segments.OpenRead(segment, Key(2)).Error!.Code);
        Assert.Equal(S3ErrorCode.InternalError, _segments.OpenRead(segment, null).Error!.Code);
    }

    [Fact]
    public void A_key_is_recognised_by_what_can_not_be_compared_with_another_check()
    {
        var (first, second) = (Key(1).NewCheck(), Key(1).NewCheck());
        Assert.NotEqual(first, second);
        Assert.True(Key(1).IsRecognisedBy(first) && Key(1).IsRecognisedBy(second));
        Assert.False(Key(2).IsRecognisedBy(first));
        Assert.False(Key(1).IsRecognisedBy("AAAA"));
    }

    public async ValueTask DisposeAsync()
    {
        await _blobs.DisposeAsync();
        _directory.Dispose();
    }

    private static CustomerKey Key(byte seed) => new([.. Enumerable.Repeat(seed, ChunkCipher.KeySize)]);

    private async Task<BlobSegment> WriteAsync(byte[] bytes, Protection protection, Random random)
    {
        await using var writer = (await _segments.BeginAsync(bytes.Length, protection, Token)).Value!;
        for (var written = 0; written < bytes.Length;)
        {
            var count = Math.Min(bytes.Length - written, random.Next(1, 150_000));
            Assert.Null(await writer.WriteAsync(bytes.AsMemory(written, count), Token));
            written += count;
            Assert.Equal(written, writer.Length);
        }

        var segment = Assert.Single((await writer.CommitAsync(Token)).Value);
        Assert.Equal(protection.Kind != ObjectEncryption.None, segment.Envelope is not null);
        return segment;
    }

    private static async Task ReadAllAsync(SegmentReader reader)
    {
        var buffer = new byte[100_000];
        for (var at = 0L; at < reader.Length;)
        {
            at += await reader.ReadAsync(buffer, at, Token);
        }
    }
}
