using System.Security.Cryptography;
using EdgeCache.Shared.S3;
using EdgeCache.Shared.SigV4;
using EdgeCache.Testing;

namespace EdgeCache.Shared.Tests.SigV4;

public class PayloadHashStreamTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100_000)]
    public async Task A_body_with_its_hash_passes(int length)
    {
        var content = ByteStreams.Content(6, length);
        foreach (var hash in (string[])[Convert.ToHexStringLower(SHA256.HashData(content)), Convert.ToHexString(SHA256.HashData(content))])
        {
            await using var stream = new PayloadHashStream(new SlicedStream(content, [1, 10, 100]), hash);
            Assert.Equal(content, await stream.ReadAllAsync());
            Assert.Equal(0, await stream.ReadAsync(new byte[1], TestContext.Current.CancellationToken));
        }
    }

    [Fact]
    public async Task A_body_with_another_hash_fails_at_its_end()
    {
        var content = ByteStreams.Content(7, 1000);
        await using var stream = new PayloadHashStream(new MemoryStream(content), PayloadHash.Empty);

        Assert.Equal(1000, await stream.ReadAsync(new byte[2000], TestContext.Current.CancellationToken));
        Assert.Equal(S3ErrorCode.XAmzContentSHA256Mismatch, await stream.ReadToErrorAsync());
    }
}
