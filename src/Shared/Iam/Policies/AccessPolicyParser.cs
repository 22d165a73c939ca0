using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using EdgeCache.Shared.Iam.Conditions;

namespace EdgeCache.Shared.Iam.Policies;

/// <summary>Reads access policies of organizations, version <c>v1alpha1</c>.</summary>
/// <param name="reader">Where problems go.</param>
internal sealed class AccessPolicyParser(PolicyReader reader)
{
    /// <summary>The longest name of a policy or statement, in characters.</summary>
    public const int MaxNameLength = 128;

    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

    private readonly HashSet<string> _names = [];
    private string _policy = string.Empty;

    public bool TryRead(JsonElement root, out string name, out ImmutableArray<PolicyStatement> statements)
    {
        name = string.Empty;
        statements = [];
        JsonElement list = default;
        var hasVersion = false;
        foreach (var property in root.EnumerateObject())
        {
            switch (property.Name)
            {
                case "version":
                    hasVersion = property.Value.ValueKind == JsonValueKind.String && property.Value.GetString() == "v1alpha1";
                    if (!hasVersion)
                    {
                        return reader.Fail("version must be \"v1alpha1\".");
                    }

                    break;
                case "name":
                    if (!TryReadName(property.Value, isPolicy: true, out name))
                    {
                        return false;
                    }

                    break;
                case "statements":
                    list = property.Value;
                    break;
                default:
                    return reader.Fail($"Unknown field {PolicyReader.Shown(property.Name)}");
            }
        }

        _policy = AccessPolicy.DecisionPrefix + name;
        return !hasVersion ? reader.Fail("Missing required field version")
            : name.Length == 0 ? reader.Fail("Missing required field name")
            : list.ValueKind switch
            {
                JsonValueKind.Undefined => reader.Fail("Missing required field statements"),
                JsonValueKind.Array when list.GetArrayLength() == 0 => reader.Fail("statements must not be an empty list."),
                JsonValueKind.Array when list.GetArrayLength() > PolicyReader.MaxStatements =>
                    reader.Fail($"A policy may have at most {PolicyReader.MaxStatements} statements."),
                JsonValueKind.Array => TryReadStatements(list, out statements),
                _ => reader.Fail("statements must be a list."),
            };
    }

    private bool TryReadStatements(JsonElement list, out ImmutableArray<PolicyStatement> statements)
    {
        var builder = ImmutableArray.CreateBuilder<PolicyStatement>(list.GetArrayLength());
        statements = [];
        foreach (var element in list.EnumerateArray())
        {
            if (ReadStatement(element, builder.Count + 1) is not { } statement)
            {
                return false;
            }

            builder.Add(statement);
        }

        statements = builder.MoveToImmutable();
        return true;
    }

    private PolicyStatement? ReadStatement(JsonElement element, int number)
    {
        reader.Statement = $"statement {number}";
        if (element.ValueKind != JsonValueKind.Object)
        {
            reader.Fail("A statement must be a JSON object.");
            return null;
        }

        if (!element.TryGetProperty("name", out var nameElement))
        {
            reader.Fail("Missing required field name");
            return null;
        }

        if (!TryReadName(nameElement, isPolicy: false, out var name))
        {
            return null;
        }

        reader.Statement = name;
        if (!_names.Add(name))
        {
            reader.Fail("The names of statements in a policy must be unique.");
            return null;
        }

        var parts = default(StatementParts);
        foreach (var property in element.EnumerateObject())
        {
            if (!TryReadPart(property, ref parts))
            {
                return null;
            }
        }

        return Compile(name, parts);
    }

    private bool TryReadPart(JsonProperty property, ref StatementParts parts)
    {
        switch (property.Name)
        {
            case "name":
                return true;
            case "effect":
                parts.HasEffect = true;
                return reader.TryReadEffect(property.Value, out parts.IsAllow);
            case "actions":
                return reader.TryReadTexts(property.Value, "actions", listOnly: true, out parts.Actions);
            case "resources":
                return reader.TryReadTexts(property.Value, "resources", listOnly: true, out parts.Resources);
            case "principals":
                return reader.TryReadTexts(property.Value, "principals", listOnly: true, out parts.Principals);
            case "conditions" or "condition":
                return parts.Conditions.IsDefault
                    ? reader.TryReadConditions(property.Value, out parts.Conditions)
                    : reader.Fail("A statement has either conditions or condition.");
            default:
                return reader.Fail($"Unknown field {PolicyReader.Shown(property.Name)}");
        }
    }

    private PolicyStatement? Compile(string name, in StatementParts parts)
    {
        var missing = !parts.HasEffect ? "effect" : parts.Actions.IsDefault ? "actions" : parts.Resources.IsDefault ? "resources"
            : parts.Principals.IsDefault ? "principals" : null;
        if (missing is not null)
        {
            reader.Fail($"Missing required field {missing}");
            return null;
        }

        if (!reader.TryReadActions(parts.Actions, out var actions) || !TryReadResources(parts, out var resources) ||
            !TryReadPrincipals(parts.Principals, out var principals))
        {
            return null;
        }

        return new PolicyStatement
        {
            Name = name,
            IsAllow = parts.IsAllow,
            Principals = new PrincipalSet(principals, IsExclusion: false),
            Actions = actions,
            Resources = resources,
            Conditions = parts.Conditions.IsDefault ? [] : parts.Conditions,
            Allowed = new AccessDecision(true, "an access policy allows it", _policy, name),
            AllowedAsOwner = new AccessDecision(true, "an access policy allows it in the organization's own bucket", _policy, name),
            Denied = new AccessDecision(false, "an access policy denies it", _policy, name),
        };
    }

    private bool TryReadResources(in StatementParts parts, out ImmutableArray<WildcardPattern> resources)
    {
        var builder = ImmutableArray.CreateBuilder<WildcardPattern>(parts.Resources.Length);
        resources = [];
        var control = parts.Actions.FirstOrDefault(static action => action.StartsWith("c", StringComparison.OrdinalIgnoreCase));
        foreach (var text in parts.Resources)
        {
            if (control is not null && text != "*")
            {
                return reader.Fail($"{PolicyReader.Shown(control)} must be used with the resource \"*\".");
            }

            if (ResourceNames.TryParse(text) is not { } pattern)
            {
                return reader.Fail($"Policy has invalid resource: {PolicyReader.Shown(text)}");
            }

            builder.Add(pattern);
        }

        resources = builder.MoveToImmutable();
        return true;
    }

    private bool TryReadPrincipals(ImmutableArray<string> texts, out ImmutableArray<PrincipalPattern> principals)
    {
        var builder = ImmutableArray.CreateBuilder<PrincipalPattern>(texts.Length);
        principals = [];
        foreach (var text in texts)
        {
            if (PrincipalNames.TryParsePattern(text) is not { } principal)
            {
                return reader.Fail(text.StartsWith("arn:", StringComparison.OrdinalIgnoreCase)
                    ? $"Invalid principal in policy: {PolicyReader.Shown(text)}; access policies take short forms such as coreweave/<id>, not ARNs"
                    : $"Invalid principal in policy: {PolicyReader.Shown(text)}");
            }

            builder.Add(principal);
        }

        principals = builder.MoveToImmutable();
        return true;
    }

    // A policy's name is part of a URL; a statement's is only shown.
    private bool TryReadName(JsonElement element, bool isPolicy, out string name)
    {
        name = element.ValueKind == JsonValueKind.String ? element.GetString()! : string.Empty;
        if (name.Length is 0 or > MaxNameLength || name.Any(char.IsControl))
        {
            return reader.Fail($"Invalid name: {PolicyReader.Shown(element.ToString())}; a name has 1 to {MaxNameLength} characters.");
        }

        return !isPolicy || (char.IsAsciiLetterOrDigit(name[0]) && !name.AsSpan().ContainsAnyExcept(NameCharacters)) ||
            reader.Fail($"Invalid name: {name}; the name of a policy has letters, digits, '.', '_' and '-', a letter or digit first.");
    }

    private struct StatementParts
    {
        public bool HasEffect;
        public bool IsAllow;
        public ImmutableArray<string> Actions;
        public ImmutableArray<string> Resources;
        public ImmutableArray<string> Principals;
        public ImmutableArray<Condition> Conditions;
    }
}
