using System.Security.Cryptography;
using System.Text;
using EdgeCache.Origin.Catalog;
using EdgeCache.Origin.Hosting;
using EdgeCache.Origin.Pipeline;
using EdgeCache.Shared.Iam;
using EdgeCache.Shared.Replication;
using EdgeCache.Shared.S3;
using EdgeCache.Shared.SigV4;

namespace EdgeCache.Origin.Authentication;

/// <summary>Finds out who sent a request: by its signature, which may be an edge's own, or anonymous without one.</summary>
internal sealed class Authenticator(SigningKeyProvider keys, OriginOptions options, TimeProvider time)
{
    /// <summary>The longest access key id that is looked up, in characters.</summary>
    public const int MaxAccessKeyIdLength = 128;

    private static readonly Principal EdgePrincipal = new("edge/fill", string.Empty, AccessLevel.Read, [], PrincipalKind.Edge);

    private readonly EdgeCredential _edge = EdgeCredential.FromClusterSecret(options.ClusterSecret);
    private readonly EdgeForwarding _forwarding = new(options.ClusterSecret);
    private Tuple<SigV4Scope, SigningKey>? _edgeKey;

    public async ValueTask<Outcome<AuthenticatedRequest>> AuthenticateAsync(HttpSignedRequest http, S3Request request)
    {
        var now = time.GetUtcNow();
        if (SigV4Parser.TryParse(http, out var claim) is { } malformed)
        {
            return malformed;
        }

        var via = FindHop(http);
        if (via is not null)
        {
            http.RestoreLength();
        }

        if (claim is null)
        {
            return new AuthenticatedRequest(request, Principal.Anonymous, null, null, via);
        }

        if (claim.AccessKeyId == EdgeCredential.WellKnownAccessKeyId)
        {
            var edgeKey = EdgeKey(claim.Scope);
            if (SigV4Verifier.Verify(http, claim, edgeKey, now) is { } forged)
            {
                return forged;
            }

            return EdgeOrDelegate(http, request) is { } principal
                ? new AuthenticatedRequest(request, principal, claim, edgeKey, via)
                : S3ErrorCode.AccessDenied;
        }

        if (claim.AccessKeyId.Length > MaxAccessKeyIdLength)
        {
            return S3ErrorCode.InvalidAccessKeyId;
        }

        var found = await keys.FindAsync(claim.AccessKeyId, claim.Scope);
        if (found is null)
        {
            return new S3Error(S3ErrorCode.ServiceUnavailable, "The access key can't be verified at the moment.");
        }

        if (found.Key is null || found.Reply.Principal is not { } owner || found.Reply.ExpiresAt <= now)
        {
            return new S3Error(S3ErrorCode.InvalidAccessKeyId, Details: [new("AWSAccessKeyId", claim.AccessKeyId)]);
        }

        return (SigV4Verifier.Verify(http, claim, found.Key, now) ?? CheckSessionToken(claim.SecurityToken, found.Reply.SessionTokenSha256)) is { } error
            ? error
            : new AuthenticatedRequest(request, owner, claim, found.Key, via);
    }

    /// <summary>A request of which credentials don't count.</summary>
    public AuthenticatedRequest Anonymous(HttpSignedRequest http, S3Request request) => new(request, Principal.Anonymous, null, null, FindHop(http));

    /// <summary>The edge itself, or the caller for whom another region reads; null for a delegation that can't be right.</summary>
    private static Principal? EdgeOrDelegate(HttpSignedRequest http, S3Request request)
    {
        if (!http.TryGetHeader(DelegatedRead.Header, out var caller))
        {
            return EdgePrincipal;
        }

        return request.Operation is S3Operation.GetObject or S3Operation.GetObjectTagging ? DelegatedRead.Decode(caller) : null;
    }

    /// <summary>The refusal of a session token that is not the key's.</summary>
    public static S3Error? CheckSessionToken(string? token, string? expectedSha256)
    {
        if (expectedSha256 is null)
        {
            return token is null ? null : S3ErrorCode.InvalidToken;
        }

        var actual = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token ?? string.Empty)));
        return CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(actual), Encoding.ASCII.GetBytes(expectedSha256))
            ? null
            : S3ErrorCode.InvalidToken;
    }

    /// <summary>What an edge states of a request that it passed on; null when none vouches for it.</summary>
    public EdgeHop? FindHop(HttpSignedRequest http) => http.TryGetHeader(EdgeForwarding.Header, out var header)
        ? _forwarding.Verify(header, time.GetUtcNow(), http.Method, http.RawTarget)
        : null;

    private SigningKey EdgeKey(SigV4Scope scope)
    {
        var known = Volatile.Read(ref _edgeKey);
        if (known?.Item1 == scope)
        {
            return known.Item2;
        }

        var key = SigningKey.Derive(_edge.SecretKey, scope);
        Volatile.Write(ref _edgeKey, Tuple.Create(scope, key));
        return key;
    }
}
