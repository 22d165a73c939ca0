using Dapper;

namespace EdgeCache.Origin.Identity;

/// <summary>The token of whoever operates the deployment, which manages its organizations. Only its SHA-256 is kept.</summary>
internal sealed class OperatorTokenStore(IdentityDatabase database)
{
    /// <summary>Makes a token the operator's only one.</summary>
    public Task SetAsync(string token, CancellationToken cancellationToken) => database.WriteAsync(
        (connection, log) => connection.Execute(
            """
            DELETE FROM operator_tokens WHERE sha256 <> @hash;
            INSERT OR IGNORE INTO operator_tokens (sha256, created_at) VALUES (@hash, @now);
            """,
            new { hash = Secrets.Hash(token), now = log.Now.ToUnixTimeMilliseconds() }),
        cancellationToken);

    /// <summary>Whether this is the operator's token.</summary>
    public bool IsValid(string token) => database.Read((connection, _) => connection.QuerySingle<bool>(
        "SELECT EXISTS (SELECT 1 FROM operator_tokens WHERE sha256 = @hash)", new { hash = Secrets.Hash(token) }));
}
