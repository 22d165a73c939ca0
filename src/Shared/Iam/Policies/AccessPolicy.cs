using System.Text.Json.Serialization;

namespace EdgeCache.Shared.Iam.Policies;

/// <summary>An access policy of an organization, version <c>v1alpha1</c>: validated and compiled once, immutable, compared by its text.</summary>
[JsonConverter(typeof(AccessPolicyJsonConverter))]
public sealed class AccessPolicy : IEquatable<AccessPolicy>
{
    /// <summary>The longest document, in bytes of UTF-8.</summary>
    public const int MaxBytes = 20 * 1024;

    /// <summary>What precedes a policy's name where a decision refers to it.</summary>
    public const string DecisionPrefix = "access-policy/";

    private const string AllowEverythingJson =
        """
        {"version":"v1alpha1","name":"allow-everything","statements":[{"name":"allow-everything","effect":"Allow","actions":["*"],"resources":["*"],"principals":["*"]}]}
        """;

    private AccessPolicy(string name, string json) => (Name, Json) = (name, json);

    /// <summary>Everyone of the organization may do everything.</summary>
    public static AccessPolicy AllowEverything { get; } = new("allow-everything", AllowEverythingJson);

    /// <summary>The policy's name, unique in its organization.</summary>
    public string Name { get; }

    /// <summary>The document as it was put: the inner <c>policy</c> object.</summary>
    public string Json { get; }

    /// <summary>Validates and compiles a policy; <paramref name="policy"/> is set exactly when no problem is returned.</summary>
    /// <param name="json">The inner <c>policy</c> object.</param>
    /// <param name="policy">The policy.</param>
    public static PolicyProblem? TryParse(string json, out AccessPolicy? policy)
    {
        policy = null;
        if (PolicyText.TryReadObject(json, MaxBytes) is { } problem)
        {
            return problem;
        }

        using var document = System.Text.Json.JsonDocument.Parse(json);
        if (!document.RootElement.TryGetProperty("name", out var name) || name.ValueKind != System.Text.Json.JsonValueKind.String ||
            name.GetString() is not { Length: > 0 } text)
        {
            return new PolicyProblem(null, "name is missing.");
        }

        policy = new AccessPolicy(text, json);
        return null;
    }

    /// <inheritdoc/>
    public bool Equals(AccessPolicy? other) => other is not null && Json == other.Json;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as AccessPolicy);

    /// <inheritdoc/>
    public override int GetHashCode() => Json.GetHashCode(StringComparison.Ordinal);
}
