using System.Security.Cryptography;

namespace EdgeCache.Origin.Encryption;

/// <summary>A key of the ring.</summary>
/// <param name="Id">8 random bytes that envelopes name it by.</param>
/// <param name="Created">When it was made.</param>
/// <param name="Secret">32 random bytes.</param>
internal sealed record RingKey(byte[] Id, DateTimeOffset Created, byte[] Secret)
{
    /// <summary>The length of an id, in bytes.</summary>
    public const int IdSize = 8;

    public static RingKey New(DateTimeOffset now) =>
        new(RandomNumberGenerator.GetBytes(IdSize), now, RandomNumberGenerator.GetBytes(ChunkCipher.KeySize));

    /// <summary>The key under which a data key is sealed.</summary>
    public void DeriveSealingKey(ReadOnlySpan<byte> salt, Span<byte> key) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, Secret, key, salt, "edgecache ring key seal"u8);
}
