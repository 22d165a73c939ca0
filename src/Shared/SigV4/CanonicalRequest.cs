using System.Buffers;
using System.Security.Cryptography;

namespace EdgeCache.Shared.SigV4;

/// <summary>
/// The canonical request and the string to sign
/// (<see href="https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html">tasks 1 and 2</see>).
/// </summary>
internal static class CanonicalRequest
{
    /// <summary>The stack space that a request head of common size fits into.</summary>
    public const int CommonSize = 1024;

    private static readonly SearchValues<char> Blank = SearchValues.Create(" \t");

    /// <summary>Appends the canonical request.</summary>
    public static void Append(ref CanonicalBuffer buffer, ISignedRequest request, SigV4Claim claim, PathRule rule)
    {
        buffer.AppendUtf8(request.Method);
        buffer.Append((byte)'\n');
        CanonicalUri.AppendPath(ref buffer, request.RawPath, rule);
        buffer.Append((byte)'\n');
        CanonicalQuery.Append(ref buffer, request.RawQuery);
        buffer.Append((byte)'\n');
        var names = claim.SignedHeaders;
        for (var i = 0; i < names.Count; i++)
        {
            // A signed header that is absent counts as empty: some HTTP stacks drop empty headers after signing.
            request.TryGetHeader(names[i], out var value);
            buffer.AppendUtf8(names[i]);
            buffer.Append((byte)':');
            AppendHeaderValue(ref buffer, value);
            buffer.Append((byte)'\n');
        }

        buffer.Append((byte)'\n');
        for (var i = 0; i < names.Count; i++)
        {
            if (i > 0)
            {
                buffer.Append((byte)';');
            }

            buffer.AppendUtf8(names[i]);
        }

        buffer.Append((byte)'\n');
        buffer.AppendUtf8(claim.PayloadHash);
    }

    /// <summary>Appends the string to sign for a canonical request.</summary>
    public static void AppendStringToSign(ref CanonicalBuffer buffer, SigV4Claim claim, ReadOnlySpan<byte> canonicalRequest)
    {
        buffer.Append("AWS4-HMAC-SHA256\n"u8);
        AppendTimeAndScope(ref buffer, claim);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        LibcryptoSha256.Hash(canonicalRequest, hash);
        buffer.AppendHex(hash);
    }

    /// <summary>Appends the two lines that all strings to sign of a request share.</summary>
    public static void AppendTimeAndScope(ref CanonicalBuffer buffer, SigV4Claim claim)
    {
        buffer.AppendUtf8(claim.Timestamp);
        buffer.Append((byte)'\n');
        buffer.AppendUtf8(claim.Scope.Date);
        buffer.Append((byte)'/');
        buffer.AppendUtf8(claim.Scope.Region);
        buffer.Append((byte)'/');
        buffer.AppendUtf8(claim.Scope.Service);
        buffer.Append("/aws4_request\n"u8);
    }

    /// <summary>Writes the signature that a claim should have: 64 lower-case hexadecimal digits.</summary>
    public static void Sign(ISignedRequest request, SigV4Claim claim, SigningKey key, PathRule rule, Span<byte> signatureHex)
    {
        var canonical = new CanonicalBuffer(stackalloc byte[CommonSize]);
        Append(ref canonical, request, claim, rule);
        var toSign = new CanonicalBuffer(stackalloc byte[256]);
        AppendStringToSign(ref toSign, claim, canonical.Written);
        key.Sign(toSign.Written, signatureHex);
        toSign.Dispose();
        canonical.Dispose();
    }

    /// <summary>Appends a header value without outer blanks, inner runs of blanks made one space.</summary>
    private static void AppendHeaderValue(ref CanonicalBuffer buffer, ReadOnlySpan<char> value)
    {
        value = value.Trim(" \t");
        while (true)
        {
            var blank = value.IndexOfAny(Blank);
            if (blank < 0)
            {
                buffer.AppendUtf8(value);
                return;
            }

            buffer.AppendUtf8(value[..blank]);
            buffer.Append((byte)' ');
            value = value[blank..].TrimStart(" \t");
        }
    }
}
