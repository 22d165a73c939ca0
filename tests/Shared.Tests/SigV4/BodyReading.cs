using EdgeCache.Shared.S3;

namespace EdgeCache.Shared.Tests.SigV4;

/// <summary>Reads body streams to their end or their error.</summary>
internal static class BodyReading
{
    /// <summary>All bytes, read with a buffer of the given size.</summary>
    public static async Task<byte[]> ReadAllAsync(this Stream stream, int bufferSize = 4096)
    {
        using var all = new MemoryStream();
        await stream.CopyToAsync(all, bufferSize, TestContext.Current.CancellationToken);
        return all.ToArray();
    }

    /// <summary>Reads until the stream refuses, and checks that it keeps refusing in the same way.</summary>
    public static async Task<S3ErrorCode> ReadToErrorAsync(this Stream stream, int bufferSize = 4096)
    {
        var first = await Assert.ThrowsAsync<S3Exception>(() => stream.ReadAllAsync(bufferSize));
        var second = await Assert.ThrowsAsync<S3Exception>(() => stream.ReadAllAsync(bufferSize));
        Assert.Equal(first.Error, second.Error);
        return first.Error.Code;
    }
}
