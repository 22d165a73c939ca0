using System.Text.Json;
using System.Text.Json.Serialization;

namespace EdgeCache.Origin.ControlPlane;

/// <summary>The request to create an access key.</summary>
/// <param name="DurationSeconds">How long it lives in seconds; 0 for a permanent key. Required.</param>
/// <param name="AccessLevel"><c>read</c>, <c>write</c>, <c>readwrite</c> or <c>full</c>; full when absent.</param>
internal sealed record CreateAccessKeyRequest(long? DurationSeconds, string? AccessLevel);

/// <summary>A key as it is created: the only answer that has its secret.</summary>
internal sealed record CreatedAccessKey(
    [property: JsonPropertyName("accessKeyID")] string AccessKeyId, DateTimeOffset? Expiry, string PrincipalName, string SecretKey);

/// <summary>What is told of a key later.</summary>
internal sealed record AccessKeyInfo(
    string AccessKeyId, string Status, string PrincipalName, IReadOnlyDictionary<string, string> Attributes, DateTimeOffset? Expiry, string OrgId);

/// <summary>One key.</summary>
internal sealed record AccessKeyAnswer(AccessKeyInfo Info);

/// <summary>All keys of the organization.</summary>
internal sealed record AccessKeyListAnswer(IReadOnlyList<AccessKeyInfo> Info);

/// <summary>The request to revoke a key.</summary>
internal sealed record RevokeAccessKeyRequest(string? AccessKey);

/// <summary>A refusal.</summary>
internal sealed record ApiError(string Code, string Message);

/// <summary>The JSON of the control plane's API.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(CreateAccessKeyRequest))]
[JsonSerializable(typeof(CreatedAccessKey))]
[JsonSerializable(typeof(AccessKeyAnswer))]
[JsonSerializable(typeof(AccessKeyListAnswer))]
[JsonSerializable(typeof(RevokeAccessKeyRequest))]
[JsonSerializable(typeof(ApiError))]
internal sealed partial class ControlPlaneJson : JsonSerializerContext;
