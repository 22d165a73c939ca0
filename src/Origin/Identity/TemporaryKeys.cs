using System.Collections.Immutable;
using EdgeCache.Shared.Iam;

namespace EdgeCache.Origin.Identity;

/// <summary>Issues access keys: the one place where their ids, secrets and session tokens are made.</summary>
internal sealed class TemporaryKeys(AccessKeyStore keys, TimeProvider time)
{
    /// <summary>The longest life of a temporary key: 12 hours.</summary>
    public static readonly TimeSpan MaxLifetime = TimeSpan.FromSeconds(43_200);

    /// <summary>Issues a temporary key, which is in force when this returns.</summary>
    /// <param name="organizationId">The organization that it belongs to.</param>
    /// <param name="principalName">Whom it stands for, e.g. <c>saml/&lt;role&gt;</c>.</param>
    /// <param name="groups">The principal's groups.</param>
    /// <param name="level">The ceiling of what it may do.</param>
    /// <param name="lifetime">Positive, at most <see cref="MaxLifetime"/>.</param>
    /// <param name="attributes">What listings show of it.</param>
    /// <param name="cancellationToken">Gives up; a key may have been made.</param>
    /// <param name="tokenId">The API token that asked for it, whose revocation takes the key along; null for none.</param>
    /// <param name="withSessionToken">Whether a session token must accompany the key, as the AWS credential protocols have it.</param>
    /// <exception cref="KeyRefusedException">The organization is suspended or unknown, or the API token has ended.</exception>
    public Task<IssuedKey> IssueAsync(
        string organizationId,
        string principalName,
        ImmutableArray<string> groups,
        AccessLevel level,
        TimeSpan lifetime,
        ImmutableSortedDictionary<string, string> attributes,
        CancellationToken cancellationToken,
        string? tokenId = null,
        bool withSessionToken = false)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(lifetime, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(lifetime, MaxLifetime);
        var draft = new KeyDraft(organizationId, principalName, groups, level, attributes, tokenId);
        return IssueAsync(draft, time.GetUtcNow() + lifetime, withSessionToken ? Secrets.NewSessionToken() : null, cancellationToken);
    }

    /// <summary>Issues a permanent key.</summary>
    /// <exception cref="KeyRefusedException">As for temporary keys, or the organization has too many permanent ones.</exception>
    public Task<IssuedKey> IssuePermanentAsync(KeyDraft draft, CancellationToken cancellationToken) => IssueAsync(draft, null, null, cancellationToken);

    /// <summary>Makes a key that <see cref="AccessKeyStore.Add"/> is to put in force.</summary>
    public AccessKey Make(KeyDraft draft, DateTimeOffset? expiresAt) => new()
    {
        Id = Secrets.NewAccessKeyId(),
        OrganizationId = draft.OrganizationId,
        Principal = draft.PrincipalName,
        Secret = Secrets.NewSecretKey(),
        Level = draft.Level,
        Groups = draft.Groups,
        ExpiresAt = expiresAt,
        CreatedAt = time.GetUtcNow(),
        TokenId = draft.TokenId,
        Attributes = draft.Attributes,
    };

    private async Task<IssuedKey> IssueAsync(KeyDraft draft, DateTimeOffset? expiresAt, string? sessionToken, CancellationToken cancellationToken)
    {
        var key = Make(draft, expiresAt) with { SessionTokenSha256 = sessionToken is null ? null : Secrets.Hash(sessionToken) };
        return await keys.AddAsync(key, cancellationToken) switch
        {
            KeyAddition.Added => new IssuedKey(key, sessionToken),
            KeyAddition.IdTaken => throw new InvalidOperationException("A random access key id recurred."),
            var refused => throw new KeyRefusedException(refused),
        };
    }
}

/// <summary>What a new access key is to be.</summary>
/// <param name="OrganizationId">The organization that it belongs to.</param>
/// <param name="PrincipalName">Whom it stands for.</param>
/// <param name="Groups">The principal's groups.</param>
/// <param name="Level">The ceiling of what it may do.</param>
/// <param name="Attributes">What listings show of it.</param>
/// <param name="TokenId">The API token that asked for it; null for none.</param>
internal sealed record KeyDraft(
    string OrganizationId,
    string PrincipalName,
    ImmutableArray<string> Groups,
    AccessLevel Level,
    ImmutableSortedDictionary<string, string> Attributes,
    string? TokenId);

/// <summary>A key as it is issued.</summary>
/// <param name="Key">The key with its secret.</param>
/// <param name="SessionToken">The session token that must accompany it; null when none is needed. It is kept nowhere.</param>
internal sealed record IssuedKey(AccessKey Key, string? SessionToken);
