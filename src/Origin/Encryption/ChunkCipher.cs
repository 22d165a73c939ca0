using System.Buffers.Binary;
using System.Security.Cryptography;
using EdgeCache.Origin.Blobs;

namespace EdgeCache.Origin.Encryption;

/// <summary>
/// AES-256-GCM of the chunks of one blob under its own random key. The nonce of a chunk is its number and whether it is the last, so a chunk can neither
/// take another's place nor be cut off, and no nonce recurs under a key. Not thread-safe.
/// </summary>
internal sealed class ChunkCipher(ReadOnlySpan<byte> key) : IDisposable
{
    /// <summary>The length of a key, in bytes.</summary>
    public const int KeySize = 32;

    private const int NonceSize = 12;

    private readonly AesGcm _aes = new(key, CipherLayout.TagSize);

    /// <summary>Encrypts a chunk; <paramref name="stored"/> takes the tag too.</summary>
    public void Seal(long index, bool isLast, ReadOnlySpan<byte> plain, Span<byte> stored)
    {
        Span<byte> nonce = stackalloc byte[NonceSize];
        WriteNonce(index, isLast, nonce);
        _aes.Encrypt(nonce, plain, stored[..plain.Length], stored.Slice(plain.Length, CipherLayout.TagSize));
    }

    /// <summary>Decrypts a chunk with its tag; false when it is not what was stored.</summary>
    public bool TryOpen(long index, bool isLast, ReadOnlySpan<byte> stored, Span<byte> plain)
    {
        Span<byte> nonce = stackalloc byte[NonceSize];
        WriteNonce(index, isLast, nonce);
        var length = stored.Length - CipherLayout.TagSize;
        try
        {
            _aes.Decrypt(nonce, stored[..length], stored[length..], plain[..length]);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
    }

    public void Dispose() => _aes.Dispose();

    private static void WriteNonce(long index, bool isLast, Span<byte> nonce)
    {
        nonce.Clear();
        nonce[0] = isLast ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteInt64BigEndian(nonce[^sizeof(long)..], index);
    }
}
