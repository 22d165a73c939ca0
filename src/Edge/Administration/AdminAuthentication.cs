using System.Security.Cryptography;
using System.Text;
using EdgeCache.Edge.Hosting;
using EdgeCache.Shared.Primitives;

namespace EdgeCache.Edge.Administration;

/// <summary>Tells by its bearer token (RFC 6750) who sends a request of the admin API. Tokens are compared by hash, in constant time; guessing is limited.</summary>
internal sealed class AdminAuthentication(IEnumerable<AdminTokenOptions> tokens, TimeProvider time)
{
    /// <summary>How many wrong tokens are looked at each second; beyond, all requests without a known token are answered 429.</summary>
    private const int WrongPerSecond = 5;

    private const string Scheme = "Bearer ";

    private readonly (string Name, byte[] Hash)[] _tokens = [.. tokens.Select(static t => (t.Name, SHA256.HashData(Encoding.UTF8.GetBytes(t.Token))))];
    private readonly TokenBucket _wrong = new(WrongPerSecond, WrongPerSecond, time);

    /// <summary>The name of the request's token.</summary>
    /// <exception cref="AdminException">401, or 429 after too many wrong ones, or 403 when no token is configured.</exception>
    public string Authenticate(HttpRequest request)
    {
        if (_tokens.Length == 0)
        {
            throw new AdminException(StatusCodes.Status403Forbidden, "disabled", "This edge has no admin token: set Edge:AdminTokens.");
        }

        var header = request.Headers.Authorization.ToString();
        if (header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            var hash = SHA256.HashData(Encoding.UTF8.GetBytes(header[Scheme.Length..].Trim()));
            foreach (var (name, known) in _tokens)
            {
                if (CryptographicOperations.FixedTimeEquals(hash, known))
                {
                    return name;
                }
            }
        }

        throw _wrong.TryTake()
            ? new AdminException(StatusCodes.Status401Unauthorized, "unauthenticated", "An admin token of this edge is needed: Authorization: Bearer <token>.")
            : new AdminException(StatusCodes.Status429TooManyRequests, "too_many_requests", "Too many requests without a valid token.");
    }
}
