using System.Security.Cryptography;
using EdgeCache.Shared.Checksums;
using EdgeCache.Testing;

namespace EdgeCache.Shared.Tests.Checksums;

public sealed class ChecksumHasherTests
{
    [Theory]
    [InlineData(ChecksumAlgorithm.Crc32, "y/Q5Jg==")]
    [InlineData(ChecksumAlgorithm.Crc32C, "4waSgw==")]
    [InlineData(ChecksumAlgorithm.Crc64Nvme, "rosUhgp5mIg=")]
    [InlineData(ChecksumAlgorithm.Sha1, "98O8HYCOBHMq32eZZczDTKeuNEE=")]
    [InlineData(ChecksumAlgorithm.Sha256, "FeKw08M4keuw8e9gnsQZQgwg4yDOlMZfvIwzEkSOsiU=")]
    public void Values_are_big_endian_Base64(ChecksumAlgorithm algorithm, string expected) =>
        Assert.Equal(expected, ChecksumValue.Encode(ChecksumHasher.Hash(algorithm, "123456789"u8)));

    [Fact]
    public void Pieces_give_the_same_as_the_whole_and_a_reset_begins_anew()
    {
        var data = ByteStreams.Content(2, 10_000);
        foreach (var algorithm in ChecksumNames.All)
        {
            using var hasher = ChecksumHasher.Create(algorithm);
            for (var round = 0; round < 2; round++)
            {
                hasher.Append(data.AsSpan(0, 1));
                hasher.Append([]);
                hasher.Append(data.AsSpan(1, 7_777));
                hasher.Append(data.AsSpan(7_778));
                Assert.Equal(ChecksumHasher.Hash(algorithm, data), hasher.GetHashAndReset());
            }

            Assert.Equal(ChecksumHasher.Hash(algorithm, []), hasher.GetHashAndReset());
        }

        Assert.Equal(SHA256.HashData(data), ChecksumHasher.Hash(ChecksumAlgorithm.Sha256, data));
    }

    [Fact]
    public void Names_round_trip()
    {
        foreach (var algorithm in ChecksumNames.All)
        {
            Assert.True(ChecksumNames.TryParseApiName(ChecksumNames.ApiName(algorithm), out var byApiName));
            Assert.True(ChecksumNames.TryParseHeaderName(ChecksumNames.HeaderName(algorithm).ToUpperInvariant(), out var byHeader));
            Assert.Equal((algorithm, algorithm), (byApiName, byHeader));
            Assert.Equal(ChecksumNames.ByteLength(algorithm), ChecksumHasher.Hash(algorithm, "x"u8).Length);
        }

        Assert.Equal("x-amz-checksum-crc64nvme", ChecksumNames.HeaderName(ChecksumAlgorithm.Crc64Nvme));
        Assert.Equal("CRC64NVME", ChecksumNames.ApiName(ChecksumAlgorithm.Crc64Nvme));
    }

    [Theory]
    [InlineData("x-amz-checksum-")]
    [InlineData("x-amz-checksum-algorithm")]
    [InlineData("x-amz-checksum-mode")]
    [InlineData("x-amz-checksum-type")]
    [InlineData("x-amz-checksum-md5")]
    [InlineData("crc32")]
    public void Other_headers_name_no_algorithm(string name) => Assert.False(ChecksumNames.TryParseHeaderName(name, out _));

    [Theory]
    [InlineData("y/Q5Jg==", true)]
    [InlineData("y/Q5Jg=", false)]
    [InlineData("y/Q5Jg", false)]
    [InlineData("y_Q5Jg==", false)]
    [InlineData("y/Q5 g==", false)]
    [InlineData(" y/Q5J==", false)]
    [InlineData("y/Q5JgA=", false)]
    [InlineData("y/Q5JgAA", false)]
    [InlineData("cbf43926", false)]
    [InlineData("", false)]
    public void Only_Base64_of_the_right_length_is_a_value(string text, bool valid)
    {
        Assert.Equal(valid, ChecksumValue.IsValid(ChecksumAlgorithm.Crc32, text));
        Assert.Equal(valid, ChecksumValue.TryDecode(ChecksumAlgorithm.Crc32, text, out var bytes));
        Assert.Equal(valid, bytes is not null);
    }
}
