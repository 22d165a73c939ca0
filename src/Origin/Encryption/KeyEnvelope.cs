using System.Security.Cryptography;

namespace EdgeCache.Origin.Encryption;

/// <summary>
/// The key of one blob as the catalog keeps it beside the blob, sealed. 86 bytes: the version 1; the kind, 1 for a key of the ring and 2 for a customer's;
/// 8 bytes of the ring key's id, zero for a customer's; 16 of salt; 12 of nonce; 32 of the encrypted key; 16 of tag. The salt makes a fresh sealing key
/// of either kind for every blob, so no nonce ever recurs under one.
/// </summary>
internal static class KeyEnvelope
{
    /// <summary>The length of an envelope, in bytes.</summary>
    public const int Length = NonceAt + NonceSize + ChunkCipher.KeySize + TagSize;

    private const byte Version = 1, RingKind = 1, CustomerKind = 2;
    private const int IdAt = 2, SaltAt = IdAt + RingKey.IdSize, SaltSize = 16, NonceAt = SaltAt + SaltSize, NonceSize = 12, TagSize = 16;
    private const int KeyAt = NonceAt + NonceSize, TagAt = KeyAt + ChunkCipher.KeySize;

    /// <summary>Seals a blob's key under the ring's newest key.</summary>
    public static byte[] Seal(ReadOnlySpan<byte> dataKey, RingKey key)
    {
        var envelope = Begin(RingKind);
        key.Id.CopyTo(envelope.AsSpan(IdAt));
        Span<byte> sealing = stackalloc byte[ChunkCipher.KeySize];
        key.DeriveSealingKey(envelope.AsSpan(SaltAt, SaltSize), sealing);
        return Encrypt(envelope, dataKey, sealing);
    }

    /// <summary>Seals a blob's key under a customer's.</summary>
    public static byte[] Seal(ReadOnlySpan<byte> dataKey, CustomerKey key)
    {
        var envelope = Begin(CustomerKind);
        Span<byte> sealing = stackalloc byte[ChunkCipher.KeySize];
        key.DeriveSealingKey(envelope.AsSpan(SaltAt, SaltSize), sealing);
        return Encrypt(envelope, dataKey, sealing);
    }

    /// <summary>Opens an envelope; false when its key is not there, or is another.</summary>
    public static bool TryOpen(ReadOnlySpan<byte> envelope, KeyRing ring, CustomerKey? customerKey, Span<byte> dataKey)
    {
        if (envelope.Length != Length || envelope[0] != Version)
        {
            return false;
        }

        Span<byte> sealing = stackalloc byte[ChunkCipher.KeySize];
        var salt = envelope.Slice(SaltAt, SaltSize);
        if (envelope[1] == CustomerKind && customerKey is not null)
        {
            customerKey.DeriveSealingKey(salt, sealing);
        }
        else if (envelope[1] == RingKind && ring.Find(envelope.Slice(IdAt, RingKey.IdSize)) is { } key)
        {
            key.DeriveSealingKey(salt, sealing);
        }
        else
        {
            return false;
        }

        using var aes = new AesGcm(sealing, TagSize);
        try
        {
            aes.Decrypt(
                envelope.Slice(NonceAt, NonceSize), envelope.Slice(KeyAt, ChunkCipher.KeySize), envelope.Slice(TagAt, TagSize), dataKey, envelope[..NonceAt]);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(sealing);
        }
    }

    private static byte[] Begin(byte kind)
    {
        var envelope = new byte[Length];
        (envelope[0], envelope[1]) = (Version, kind);
        RandomNumberGenerator.Fill(envelope.AsSpan(SaltAt, SaltSize + NonceSize));
        return envelope;
    }

    private static byte[] Encrypt(byte[] envelope, ReadOnlySpan<byte> dataKey, Span<byte> sealing)
    {
        using var aes = new AesGcm(sealing, TagSize);
        aes.Encrypt(
            envelope.AsSpan(NonceAt, NonceSize), dataKey, envelope.AsSpan(KeyAt, ChunkCipher.KeySize), envelope.AsSpan(TagAt, TagSize),
            envelope.AsSpan(0, NonceAt));
        CryptographicOperations.ZeroMemory(sealing);
        return envelope;
    }
}
