using System.Security.Cryptography;

namespace EdgeCache.Origin.Encryption;

/// <summary>
/// A key that a client brought. It lives as long as the request; what is kept is a salted HMAC by which it is recognised, and data keys sealed under keys
/// derived from it (HKDF-SHA256, RFC 5869), from none of which it can be found.
/// </summary>
internal sealed class CustomerKey
{
    private const int SaltSize = 16;
    private const int HashSize = 32;

    private readonly byte[] _key;

    /// <summary>Takes 32 bytes.</summary>
    public CustomerKey(byte[] key)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(key.Length, ChunkCipher.KeySize);
        _key = key;
    }

    /// <summary>The MD5 of the key in Base64, as answers repeat it.</summary>
    public string Md5 => Convert.ToBase64String(DigestOf(_key));

    /// <summary>The MD5 by which the protocol tells that a key arrived unharmed.</summary>
    public static byte[] DigestOf(byte[] key)
    {
        using var md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        md5.AppendData(key);
        return md5.GetHashAndReset();
    }

    /// <summary>What the key is recognised by: a fresh salt and the HMAC, Base64.</summary>
    public string NewCheck()
    {
        var check = new byte[SaltSize + HashSize];
        RandomNumberGenerator.Fill(check.AsSpan(0, SaltSize));
        Derive(check.AsSpan(0, SaltSize), "edgecache customer key check"u8, check.AsSpan(SaltSize));
        return Convert.ToBase64String(check);
    }

    /// <summary>Whether this is the key that a check was made of.</summary>
    public bool IsRecognisedBy(string check)
    {
        var expected = new byte[SaltSize + HashSize];
        if (!Convert.TryFromBase64String(check, expected, out var length) || length != expected.Length)
        {
            return false;
        }

        Span<byte> actual = stackalloc byte[HashSize];
        Derive(expected.AsSpan(0, SaltSize), "edgecache customer key check"u8, actual);
        return CryptographicOperations.FixedTimeEquals(actual, expected.AsSpan(SaltSize));
    }

    /// <summary>
    /// The entity tag of bytes that only the customer may know: their MD5 under a key derived from the customer's and the salt of a check. The same part sent
    /// twice to an upload has the same one, as clients that repeat a part rely on; the same bytes elsewhere have another.
    /// </summary>
    public string ETagOf(string check, byte[] md5)
    {
        Span<byte> key = stackalloc byte[ChunkCipher.KeySize];
        Derive(Convert.FromBase64String(check).AsSpan(0, SaltSize), "edgecache customer key tag"u8, key);
        return Convert.ToHexStringLower(HMACSHA256.HashData(key, md5).AsSpan(0, md5.Length));
    }

    /// <summary>The key under which a data key is sealed.</summary>
    public void DeriveSealingKey(ReadOnlySpan<byte> salt, Span<byte> key) => Derive(salt, "edgecache customer key seal"u8, key);

    private void Derive(ReadOnlySpan<byte> salt, ReadOnlySpan<byte> purpose, Span<byte> output) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, _key, output, salt, purpose);
}
