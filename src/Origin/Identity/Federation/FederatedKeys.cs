using System.Collections.Immutable;
using Dapper;
using Microsoft.Data.Sqlite;

namespace EdgeCache.Origin.Identity.Federation;

/// <summary>
/// Issues keys to federated identities. One transaction looks whether the configuration is still the one that the credential was checked
/// against, takes the credential's one use, and adds the key: so of two replays one wins, a restart forgets nothing, and no key survives a
/// configuration that is deleted with its keys at the same time.
/// </summary>
internal sealed class FederatedKeys(IdentityDatabase database, TemporaryKeys keys, TimeProvider time)
{
    /// <summary>How many uses are remembered for one organization; when it has more, its credentials are refused until some have expired.</summary>
    public const int MaxRemembered = 100_000;

    /// <summary>How many forgettable uses are removed when one is added: more than come, so that they never pile up.</summary>
    private const int SweepSize = 4;

    /// <summary>Issues a key that lives for <paramref name="lifetime"/>, or until the identity provider's session ends if that is sooner.</summary>
    /// <exception cref="KeyRefusedException">The organization is suspended or unknown.</exception>
    public async Task<(FederationProblem? Problem, AccessKey? Key)> IssueAsync(
        FederationConfig config, FederatedIdentity identity, TimeSpan lifetime, CancellationToken cancellationToken)
    {
        var ends = time.GetUtcNow() + lifetime;
        var draft = new KeyDraft(
            config.OrganizationId,
            identity.Principal,
            identity.Groups,
            config.Settings.Level,
            ImmutableSortedDictionary<string, string>.Empty.Add(AccessKeyAttributes.Federation, config.Id),
            TokenId: null);
        var key = keys.Make(draft, identity.SessionEndsAt is { } sessionEnd && sessionEnd < ends ? sessionEnd : ends);
        var (problem, addition) = await database.WriteAsync((connection, log) => Add(connection, log, config, identity, key), cancellationToken);
        return problem is not null ? (problem, null)
            : addition == KeyAddition.Added ? (null, key)
            : throw new KeyRefusedException(addition);
    }

    private static (FederationProblem? Problem, KeyAddition Addition) Add(
        SqliteConnection connection, ChangeLog log, FederationConfig config, FederatedIdentity identity, AccessKey key)
    {
        if (FederationStore.Find(connection, config.OrganizationId, config.Id)?.Revision != config.Revision)
        {
            return (FederationProblem.Rejected("The federation configuration was changed meanwhile; try again."), default);
        }

        if (identity.Use is { } use && RefuseUse(connection, config.OrganizationId, use, log.Now) is { } problem)
        {
            return (problem, default);
        }

        var addition = AccessKeyStore.Add(connection, log, key);
        if (addition == KeyAddition.Added && identity.Use is { } taken)
        {
            connection.Execute(
                "INSERT INTO federation_uses (fingerprint, organization_id, remember_until) VALUES (@Fingerprint, @OrganizationId, @until)",
                new { taken.Fingerprint, config.OrganizationId, until = taken.RememberUntil.ToUnixTimeMilliseconds() });
        }

        return (null, addition);
    }

    private static FederationProblem? RefuseUse(SqliteConnection connection, string organizationId, CredentialUse use, DateTimeOffset now)
    {
        if (connection.QuerySingle<long>("SELECT COUNT(*) FROM federation_uses WHERE fingerprint = @Fingerprint", new { use.Fingerprint }) > 0)
        {
            return new FederationProblem(FederationFault.Replayed, "The assertion has been used before; each serves once.");
        }

        // Rows are kept a little longer than needed, so that rounding to milliseconds never lets one go too early.
        connection.Execute(
            $"""
            DELETE FROM federation_uses WHERE fingerprint IN
                (SELECT fingerprint FROM federation_uses WHERE remember_until < @before ORDER BY remember_until LIMIT {SweepSize})
            """,
            new { before = now.AddSeconds(-1).ToUnixTimeMilliseconds() });
        var remembered = connection.QuerySingle<long>("SELECT COUNT(*) FROM federation_uses WHERE organization_id = @organizationId", new { organizationId });
        return remembered < MaxRemembered
            ? null
            : new FederationProblem(FederationFault.Exhausted, "Too many assertions of the organization are remembered at this time.");
    }
}
