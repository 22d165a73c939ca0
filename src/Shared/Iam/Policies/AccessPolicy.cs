using System.Collections.Immutable;
using System.Text.Json;
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

    private const string UnknownName = "unreadable";

    private const string AllowEverythingJson =
        """
        {"version":"v1alpha1","name":"allow-everything","statements":[{"name":"allow-everything","effect":"Allow","actions":["*"],"resources":["*"],"principals":["*"]}]}
        """;

    private AccessPolicy(string name, string json, ImmutableArray<PolicyStatement> statements, PolicyProblem? problem = null) =>
        (Name, Json, Statements, Problem) = (name, json, statements, problem);

    /// <summary>Everyone of the organization may do everything.</summary>
    public static AccessPolicy AllowEverything { get; } =
        TryParse(AllowEverythingJson, out var policy) is { } problem ? throw new InvalidOperationException(problem.Message) : policy!;

    /// <summary>The policy's name, unique in its organization.</summary>
    public string Name { get; }

    /// <summary>The document as it was put: the inner <c>policy</c> object.</summary>
    public string Json { get; }

    /// <summary>
    /// Why the text can't be read, although it was accepted once: by another version of the program. Null for any other policy. What it denies isn't
    /// known, so its organization's callers are denied everything until an admin replaces or deletes it.
    /// </summary>
    public PolicyProblem? Problem { get; }

    internal ImmutableArray<PolicyStatement> Statements { get; }

    /// <summary>Validates and compiles a policy; <paramref name="policy"/> is set exactly when no problem is returned. Never throws.</summary>
    /// <param name="json">The inner <c>policy</c> object.</param>
    /// <param name="policy">The policy.</param>
    public static PolicyProblem? TryParse(string json, out AccessPolicy? policy)
    {
        var name = string.Empty;
        var statements = ImmutableArray<PolicyStatement>.Empty;
        var problem = PolicyReader.Read(json, MaxBytes, (reader, root) => new AccessPolicyParser(reader).TryRead(root, out name, out statements));
        policy = problem is null ? new AccessPolicy(name, json, statements) : null;
        return problem;
    }

    /// <summary>Compiles a policy that was accepted before; one that can't be read any more has a <see cref="Problem"/>, and what can be told of its name.</summary>
    public static AccessPolicy Restore(string json) =>
        TryParse(json, out var policy) is { } problem ? new AccessPolicy(NameIn(json), json, [], problem) : policy!;

    private static string NameIn(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement is { ValueKind: JsonValueKind.Object } root && root.TryGetProperty("name", out var name) &&
                name.ValueKind == JsonValueKind.String ? name.GetString()! : UnknownName;
        }
        catch (JsonException)
        {
            return UnknownName;
        }
    }

    /// <inheritdoc/>
    public bool Equals(AccessPolicy? other) => other is not null && Json == other.Json;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as AccessPolicy);

    /// <inheritdoc/>
    public override int GetHashCode() => Json.GetHashCode(StringComparison.Ordinal);
}
