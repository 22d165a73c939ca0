using System.Security.Cryptography;
using System.Text;
using EdgeCache.Shared.S3;

namespace EdgeCache.Shared.SigV4;

/// <summary>Proves or refutes a claim
/// (<see href="https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-authenticating-requests.html">authenticating requests</see>).</summary>
public static class SigV4Verifier
{
    /// <summary>How far a request's time and the server's may be apart.</summary>
    public static readonly TimeSpan MaxSkew = TimeSpan.FromMinutes(15);

    /// <summary>The longest canonical request that an error shows.</summary>
    private const int MaxShownLength = 8192;

    /// <summary>
    /// Verifies that the holder of <paramref name="key"/> signed the request, that the signature is in force at <paramref name="now"/>, and that it
    /// covers <c>host</c> and every <c>x-amz-*</c> header. The body is covered only through <see cref="SigV4Claim.PayloadHash"/>: read it through
    /// <see cref="PayloadHashStream"/> or <see cref="AwsChunkedStream"/>.
    /// </summary>
    /// <returns>Null when it is so; else <see cref="S3ErrorCode.RequestTimeTooSkewed"/>, <see cref="S3ErrorCode.AccessDenied"/> or
    /// <see cref="S3ErrorCode.SignatureDoesNotMatch"/>.</returns>
    public static S3Error? Verify(ISignedRequest request, SigV4Claim claim, SigningKey key, DateTimeOffset now) =>
        CheckTime(claim, now) ?? CheckCoverage(request, claim) ?? CheckSignature(request, claim, key, PathRule.S3);

    /// <summary>Verifies the signature alone, for a service with the given way with paths.</summary>
    internal static S3Error? CheckSignature(ISignedRequest request, SigV4Claim claim, SigningKey key, PathRule rule)
    {
        Span<byte> expected = stackalloc byte[Hex.HashLength];
        CanonicalRequest.Sign(request, claim, key, rule, expected);
        Span<byte> given = stackalloc byte[Hex.HashLength];
        return claim.Signature.Length == Hex.HashLength && Ascii.FromUtf16(claim.Signature, given, out _) == System.Buffers.OperationStatus.Done &&
            CryptographicOperations.FixedTimeEquals(expected, given)
                ? null
                : Mismatch(request, claim, rule);
    }

    private static S3Error? CheckTime(SigV4Claim claim, DateTimeOffset now)
    {
        var age = now - claim.SignedAt;
        if (claim.ExpiresIn is not { } expiresIn)
        {
            return age.Duration() > MaxSkew ? SigV4Errors.TooSkewed(claim.SignedAt, now, MaxSkew) : null;
        }

        return age < -MaxSkew ? SigV4Errors.NotYetValid
            : age >= expiresIn ? SigV4Errors.Expired(expiresIn, age, now)
            : null;
    }

    private static S3Error? CheckCoverage(ISignedRequest request, SigV4Claim claim)
    {
        if (!SignedHeaderList.Contains(claim.SignedHeaders, "host"))
        {
            return SigV4Errors.NotSigned("host");
        }

        var names = request.AmzHeaderNames;
        for (var i = 0; i < names.Count; i++)
        {
            if (!SignedHeaderList.Contains(claim.SignedHeaders, names[i]))
            {
                return SigV4Errors.NotSigned(names[i].ToLowerInvariant());
            }
        }

        return null;
    }

    /// <summary>Shows what was signed here, as S3 does: it is how users find what their client or proxy did differently.</summary>
    private static S3Error Mismatch(ISignedRequest request, SigV4Claim claim, PathRule rule)
    {
        var canonical = new CanonicalBuffer(stackalloc byte[CanonicalRequest.CommonSize]);
        CanonicalRequest.Append(ref canonical, request, claim, rule);
        var toSign = new CanonicalBuffer(stackalloc byte[256]);
        CanonicalRequest.AppendStringToSign(ref toSign, claim, canonical.Written);
        List<KeyValuePair<string, string>> details =
        [
            new("AWSAccessKeyId", claim.AccessKeyId),
            new("StringToSign", Printable(toSign.Written)),
            new("SignatureProvided", claim.Signature),
        ];
        if (canonical.Length <= MaxShownLength)
        {
            details.Add(new("CanonicalRequest", Printable(canonical.Written)));
        }

        toSign.Dispose();
        canonical.Dispose();
        return new S3Error(S3ErrorCode.SignatureDoesNotMatch, null, details);
    }

    /// <summary>The text with what XML can't carry replaced.</summary>
    private static string Printable(ReadOnlySpan<byte> utf8) => string.Create(Encoding.UTF8.GetCharCount(utf8), utf8, static (text, bytes) =>
    {
        Encoding.UTF8.GetChars(bytes, text);
        foreach (ref var c in text)
        {
            c = (c < ' ' && c != '\n') || c >= '\uFFFE' ? '?' : c;
        }
    });
}
