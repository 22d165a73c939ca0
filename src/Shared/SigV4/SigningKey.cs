using System.Security.Cryptography;
using System.Text;

namespace EdgeCache.Shared.SigV4;

/// <summary>
/// The key that a secret derives for one scope. It can sign and verify within that scope, and the secret can't be had back from it:
/// it is what an edge holds instead of a secret.
/// </summary>
public sealed class SigningKey
{
    /// <summary>The length of a signing key in bytes.</summary>
    public const int Length = 32;

    private const int BlockLength = 64;

    private readonly byte[] _key;

    // What HMAC (RFC 2104) hashes before its input and before the first hash: with these states kept, a key costs nothing more per signature.
    private readonly LibcryptoSha256.State _inner;
    private readonly LibcryptoSha256.State _outer;

    /// <summary>Restores a key from its 32 bytes.</summary>
    public SigningKey(ReadOnlySpan<byte> key32)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(key32.Length, Length, nameof(key32));
        _key = key32.ToArray();
        if (LibcryptoSha256.IsAvailable)
        {
            _inner = Padded(0x36);
            _outer = Padded(0x5c);
        }
    }

    /// <summary>Derives the key of a scope
    /// (<see href="https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html">task 3, the signing key</see>).</summary>
    public static SigningKey Derive(string secretKey, SigV4Scope scope)
    {
        Span<byte> key = stackalloc byte[Length];
        HMACSHA256.HashData(Encoding.UTF8.GetBytes("AWS4" + secretKey), Encoding.UTF8.GetBytes(scope.Date), key);
        HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(scope.Region), key);
        HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(scope.Service), key);
        HMACSHA256.HashData(key, "aws4_request"u8, key);
        return new SigningKey(key);
    }

    /// <summary>A copy of the 32 bytes.</summary>
    public byte[] ToArray() => [.. _key];

    /// <summary>Writes the signature of a string to sign: 64 lower-case hexadecimal digits.</summary>
    internal void Sign(ReadOnlySpan<byte> stringToSign, Span<byte> signatureHex)
    {
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        if (LibcryptoSha256.IsAvailable && stringToSign.Length <= LibcryptoSha256.MaxLength)
        {
            LibcryptoSha256.Finish(_inner, stringToSign, mac);
            LibcryptoSha256.Finish(_outer, mac, mac);
        }
        else
        {
            HMACSHA256.HashData(_key, stringToSign, mac);
        }

        Hex.Write(mac, signatureHex);
    }

    private LibcryptoSha256.State Padded(byte pad)
    {
        Span<byte> block = stackalloc byte[BlockLength];
        block.Fill(pad);
        for (var i = 0; i < Length; i++)
        {
            block[i] ^= _key[i];
        }

        return LibcryptoSha256.Begin(block);
    }
}
