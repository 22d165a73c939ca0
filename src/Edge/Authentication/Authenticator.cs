using System.Security.Cryptography;
using System.Text;
using EdgeCache.Shared.Iam;
using EdgeCache.Shared.S3;
using EdgeCache.Shared.SigV4;

namespace EdgeCache.Edge.Authentication;

/// <summary>Finds out who sent a request, by its signature and the derived key of its access key.</summary>
internal sealed class Authenticator(SigningKeyCache keys, TimeProvider time)
{
    /// <summary>The longest access key id that is looked up, in characters.</summary>
    public const int MaxAccessKeyIdLength = 128;

    private static readonly AuthenticatedCaller Anonymous = new(Principal.Anonymous, null);

    /// <summary>Checks what can be checked without a key: a well-formed claim, and not that of an edge, which no client may make.</summary>
    public static S3Error? Examine(ISignedRequest http, out SigV4Claim? claim) =>
        SigV4Parser.TryParse(http, out claim) ??
        (claim is not null && (claim.AccessKeyId == EdgeCredential.WellKnownAccessKeyId || claim.AccessKeyId.Length > MaxAccessKeyIdLength)
            ? Unknown(claim)
            : null);

    /// <summary>The caller; or the error of a signature that is malformed, unknown, expired or wrong, or ServiceUnavailable when it can't be verified now.</summary>
    public async ValueTask<(S3Error? Error, AuthenticatedCaller? Caller)> AuthenticateAsync(ISignedRequest http, CancellationToken cancellationToken)
    {
        if (Examine(http, out var claim) is { } malformed)
        {
            return (malformed, null);
        }

        if (claim is null)
        {
            return (null, Anonymous);
        }

        var reply = await keys.GetAsync(new SigningKeyName(claim.AccessKeyId, claim.Scope), cancellationToken);
        if (!reply.IsKnown)
        {
            return (new S3Error(S3ErrorCode.ServiceUnavailable, "The access key can't be verified at the moment."), null);
        }

        var now = time.GetUtcNow();
        if (reply.Fact is not { SigningKey: { } key, Principal: { } principal } || reply.Fact.ExpiresAt <= now)
        {
            return (Unknown(claim), null);
        }

        var error = SigV4Verifier.Verify(http, claim, key, now) ?? CheckSessionToken(claim.SecurityToken, reply.Fact.SessionTokenSha256);
        return error is null ? (null, new AuthenticatedCaller(principal, claim)) : (error, null);
    }

    private static S3Error Unknown(SigV4Claim claim) => new(S3ErrorCode.InvalidAccessKeyId, null, [new("AWSAccessKeyId", claim.AccessKeyId)]);

    private static S3Error? CheckSessionToken(string? token, string? expectedSha256)
    {
        if (expectedSha256 is null)
        {
            return token is null ? null : (S3Error)S3ErrorCode.InvalidToken;
        }

        var actual = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token ?? string.Empty)));
        return CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(actual), Encoding.ASCII.GetBytes(expectedSha256))
            ? null
            : (S3Error)S3ErrorCode.InvalidToken;
    }
}
