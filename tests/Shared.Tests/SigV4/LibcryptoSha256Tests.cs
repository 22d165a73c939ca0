using System.Security.Cryptography;
using System.Text;
using EdgeCache.Shared.SigV4;

namespace EdgeCache.Shared.Tests.SigV4;

public class LibcryptoSha256Tests
{
    private const int Seed = 31;

    [Fact]
    public void Hashes_of_every_length_are_those_of_the_framework()
    {
        var random = new Random(Seed);
        var hash = new byte[SHA256.HashSizeInBytes];
        foreach (var length in Enumerable.Range(0, 300).Append(LibcryptoSha256.MaxLength).Append(LibcryptoSha256.MaxLength + 1).Append(100_000))
        {
            var input = new byte[length];
            random.NextBytes(input);

            LibcryptoSha256.Hash(input, hash);

            Assert.Equal(SHA256.HashData(input), hash);
        }
    }

    [Fact]
    public void A_state_can_be_gone_on_from_more_than_once()
    {
        Assert.SkipUnless(LibcryptoSha256.IsAvailable, "There is no libcrypto.");
        var begun = LibcryptoSha256.Begin("a first part of more than a block, so that something is hashed already"u8);
        var (first, again) = (new byte[SHA256.HashSizeInBytes], new byte[SHA256.HashSizeInBytes]);

        LibcryptoSha256.Finish(begun, "rest"u8, first);
        LibcryptoSha256.Finish(begun, "rest"u8, again);

        Assert.Equal(SHA256.HashData("a first part of more than a block, so that something is hashed alreadyrest"u8), first);
        Assert.Equal(first, again);
    }

    [Fact]
    public void Signatures_are_hmacs_whatever_the_length_of_what_is_signed()
    {
        var random = new Random(Seed);
        var digits = new byte[Hex.HashLength];
        for (var i = 0; i < 200; i++)
        {
            var (key, text) = (new byte[SigningKey.Length], new byte[i < 190 ? i * 3 : i * 100]);
            random.NextBytes(key);
            random.NextBytes(text);

            new SigningKey(key).Sign(text, digits);

            Assert.Equal(Convert.ToHexStringLower(HMACSHA256.HashData(key, text)), Encoding.ASCII.GetString(digits));
        }
    }
}
