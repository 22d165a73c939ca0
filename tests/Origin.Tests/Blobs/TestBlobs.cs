using System.Collections.Immutable;
using EdgeCache.Origin.Blobs;
using EdgeCache.Origin.Catalog;
using EdgeCache.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeCache.Origin.Tests.Blobs;

/// <summary>A blob store in a directory of its own.</summary>
internal sealed class TestBlobs : IAsyncDisposable
{
    private readonly TempDirectory _directory = new();

    private readonly int _smallLimit;

    /// <summary>Opens the store. All blobs are files unless a limit is given up to which they are small.</summary>
    public TestBlobs(ManualTimeProvider? time = null, int smallLimit = 0)
    {
        _smallLimit = smallLimit;
        Time = time ?? new ManualTimeProvider();
        Directory = _directory.Combine("blobstore");
        Store = Open();
    }

    public string Directory { get; }

    public FaultyFiles Files { get; } = new();

    public ManualTimeProvider Time { get; }

    public BlobStore Store { get; private set; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static byte[] Bytes(int length, int seed = 1)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    public async Task ReopenAsync()
    {
        await Store.DisposeAsync();
        Store = Open();
    }

    public async Task<Outcome<ImmutableArray<BlobSegment>>> TryWriteAsync(byte[] bytes, long? expected = null)
    {
        var begun = await Store.BeginAsync(expected, Token);
        if (!begun.Succeeded)
        {
            return begun.Error;
        }

        await using var writer = begun.Value;
        return await writer.WriteAsync(bytes, Token) is { } error ? error : await writer.CommitAsync(Token);
    }

    public async Task<ImmutableArray<BlobSegment>> WriteAsync(byte[] bytes, long? expected = null)
    {
        var written = await TryWriteAsync(bytes, expected);
        Assert.True(written.Succeeded, written.Error?.ToString());
        return written.Value;
    }

    public async Task<byte[]> ReadAsync(BlobSegment segment)
    {
        var opened = Store.OpenRead(segment);
        Assert.True(opened.Succeeded, opened.Error?.ToString());
        using var handle = opened.Value;
        var (bytes, read) = (new byte[handle.Length], 0);
        while (await handle.ReadAsync(bytes.AsMemory(read), read, Token) is var count and > 0)
        {
            read += count;
        }

        Assert.Equal(bytes.Length, read);
        return bytes;
    }

    /// <summary>The files there are, temporary ones too.</summary>
    public int CountFiles() => System.IO.Directory.GetFiles(Directory, "*", SearchOption.AllDirectories).Length;

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        _directory.Dispose();
    }

    private BlobStore Open() => BlobStore.Open(
        new BlobStoreOptions { Directory = Directory, MinFreeBytes = 1000, SmallLimit = _smallLimit }, Files, Time, NullLoggerFactory.Instance);
}
