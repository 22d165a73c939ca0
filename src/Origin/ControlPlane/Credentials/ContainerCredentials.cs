using System.Text.Json.Serialization;

namespace EdgeCache.Origin.ControlPlane.Credentials;

/// <summary>
/// Credentials in the form that AWS SDKs read from a container credential endpoint
/// (<see href="https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html">container credential provider</see>).
/// </summary>
/// <param name="AccessKeyId">The key's id.</param>
/// <param name="SecretAccessKey">Its secret.</param>
/// <param name="Token">The session token that must accompany it.</param>
/// <param name="Expiration">When it ends.</param>
internal sealed record ContainerCredentials(
    [property: JsonPropertyName("AccessKeyId")] string AccessKeyId,
    [property: JsonPropertyName("SecretAccessKey")] string SecretAccessKey,
    [property: JsonPropertyName("Token")] string Token,
    [property: JsonPropertyName("Expiration")] DateTimeOffset Expiration);
