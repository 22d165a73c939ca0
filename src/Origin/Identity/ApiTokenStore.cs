using System.Security.Cryptography;
using System.Text;
using Dapper;

namespace EdgeCache.Origin.Identity;

/// <summary>The bearer tokens of the control plane's API. Only their SHA-256 is kept: tokens are random, so a plain hash suffices.</summary>
internal sealed class ApiTokenStore(IdentityDatabase database, TimeProvider time)
{
    public Task EnsureAsync(string token, string organizationId, string principal, CancellationToken cancellationToken) => database.WriteAsync(
        (connection, log) => connection.Execute(
            "INSERT OR IGNORE INTO api_tokens (sha256, organization_id, principal, created_at) VALUES (@hash, @organizationId, @principal, @now)",
            new { hash = Hash(token), organizationId, principal, now = log.Now.ToUnixTimeMilliseconds() }),
        cancellationToken);

    /// <summary>Finds whose token this is; null when it is unknown or expired.</summary>
    public ApiToken? Find(string token) => database.Read((connection, _) => connection.QuerySingleOrDefault<ApiToken>(
        """
        SELECT organization_id AS organizationId, principal FROM api_tokens
        WHERE sha256 = @hash AND (expires_at IS NULL OR expires_at > @now)
        """,
        new { hash = Hash(token), now = time.GetUtcNow().ToUnixTimeMilliseconds() }));

    private static string Hash(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}

/// <summary>Whom a bearer token stands for.</summary>
/// <param name="OrganizationId">The organization that it manages.</param>
/// <param name="Principal">The principal's name, <c>coreweave/&lt;token id&gt;</c>.</param>
internal sealed record ApiToken(string OrganizationId, string Principal);
