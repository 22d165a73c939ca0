using Dapper;
using EdgeCache.Origin.Hosting;
using EdgeCache.Shared.Iam.Policies;
using Microsoft.Data.Sqlite;

namespace EdgeCache.Origin.Identity;

/// <summary>Makes what the options name and the database lacks; what exists is left as it is, so that a restart brings back no revoked key.</summary>
internal static class Bootstrap
{
    public static async Task RunAsync(IdentityDatabase database, BootstrapOptions options, CancellationToken cancellationToken)
    {
        await MakeAsync(options.OrganizationId, options.OrganizationId, options.AccessKeyId, options.SecretKey, options.ApiToken);
        foreach (var organization in options.Organizations)
        {
            var displayName = string.IsNullOrEmpty(organization.DisplayName) ? organization.Id : organization.DisplayName;
            await MakeAsync(organization.Id, displayName, organization.AccessKeyId, organization.SecretKey, organization.ApiToken);
        }

        if (!string.IsNullOrEmpty(options.OperatorToken))
        {
            await new OperatorTokenStore(database).SetAsync(options.OperatorToken, cancellationToken);
        }

        async Task MakeAsync(string id, string displayName, string? accessKeyId, string? secret, string? token)
        {
            await database.WriteAsync(
                (connection, log) => OrganizationStore.Insert(connection, log, id, displayName) && options.AllowEverything &&
                    AccessPolicyStore.Put(connection, log, id, AccessPolicy.AllowEverything),
                cancellationToken);
            if (!string.IsNullOrEmpty(accessKeyId))
            {
                // A suspended organization gets none, which is no reason not to start.
                var key = new AccessKey { Id = accessKeyId, OrganizationId = id, Principal = $"static/{accessKeyId}", Secret = secret! };
                await new AccessKeyStore(database).AddAsync(key, cancellationToken);
            }

            if (!string.IsNullOrEmpty(token))
            {
                await database.WriteAsync((connection, log) => EnsureToken(connection, log, id, token), cancellationToken);
            }
        }
    }

    private static bool EnsureToken(SqliteConnection connection, ChangeLog log, string organizationId, string secret)
    {
        var first = organizationId + "-bootstrap";
        var isTaken = connection.QuerySingle<bool>("SELECT EXISTS (SELECT 1 FROM api_tokens WHERE id = @first)", new { first });
        var id = isTaken ? Secrets.NewTokenId() : first;
        return ApiTokenStore.Add(
            connection,
            log,
            new ApiToken { Id = id, OrganizationId = organizationId, Name = "bootstrap", Principal = ApiToken.PrincipalOf(id), IsAdmin = true },
            secret);
    }
}
