using System.Text.Json.Serialization;
using EdgeCache.Origin.Identity;

namespace EdgeCache.Origin.ControlPlane.AccessKeys;

/// <summary>The request to create an access key.</summary>
/// <param name="DurationSeconds">How long it lives in seconds, at most 43,200; 0 for a permanent key. Required.</param>
/// <param name="Name">A name for people.</param>
/// <param name="AccessLevel"><c>read</c>, <c>write</c>, <c>readwrite</c> or <c>full</c>; full when absent.</param>
/// <param name="DefaultRegion">The region that generated client configurations name.</param>
internal sealed record CreateAccessKeyRequest(long? DurationSeconds, string? Name = null, string? AccessLevel = null, string? DefaultRegion = null);

/// <summary>A key as it is created: the only answer that has its secret.</summary>
/// <param name="Id">The key's id.</param>
/// <param name="Expiry">When it ends; null for a permanent key.</param>
/// <param name="PrincipalName">Whom it stands for.</param>
/// <param name="SecretKey">Its secret, which is shown this once.</param>
internal sealed record CreatedAccessKey(
    [property: JsonPropertyName("accessKeyID")] string Id, DateTimeOffset? Expiry, string PrincipalName, string SecretKey)
{
    /// <summary>The key's id once more: the product's documents spell it both ways.</summary>
    [JsonPropertyName("accessKeyId"), JsonPropertyOrder(1)]
    public string SameId => Id;

    public static CreatedAccessKey Of(AccessKey key) => new(key.Id, key.ExpiresAt, key.Principal, key.Secret);
}

/// <summary>What is told of a key later.</summary>
/// <param name="AccessKeyId">The key's id.</param>
/// <param name="Status"><c>ACTIVE</c>, <c>EXPIRED</c> or <c>REVOKED</c>.</param>
/// <param name="PrincipalName">Whom it stands for.</param>
/// <param name="Attributes"><c>accessLevel</c>, and <c>name</c> and <c>defaultRegion</c> where they were given.</param>
/// <param name="Expiry">When it ends; null for a permanent key.</param>
/// <param name="OrgId">Its organization.</param>
internal sealed record AccessKeyInfo(
    string AccessKeyId, string Status, string PrincipalName, IReadOnlyDictionary<string, string> Attributes, DateTimeOffset? Expiry, string OrgId);

/// <summary>One key.</summary>
internal sealed record AccessKeyAnswer(AccessKeyInfo Info);

/// <summary>The keys of the organization.</summary>
/// <param name="Info">The keys in the order of their ids.</param>
/// <param name="NextPageToken">Where the listing goes on, as <c>pageToken</c>; absent when it is complete.</param>
internal sealed record AccessKeyListAnswer(
    IReadOnlyList<AccessKeyInfo> Info, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? NextPageToken);

/// <summary>The request to revoke a key.</summary>
internal sealed record RevokeAccessKeyRequest(string? AccessKey);

/// <summary>The request to revoke all keys of a principal.</summary>
internal sealed record RevokePrincipalRequest(string? PrincipalName);
