using System.Collections.Immutable;
using System.Text.Json;
using EdgeCache.Shared.Iam.Conditions;

namespace EdgeCache.Shared.Iam.Policies;

/// <summary>
/// Reads bucket policies (<see href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html">the grammar of IAM policies</see>),
/// with S3's words for what is wrong. <c>${...}</c> is literal: bucket policies have no variables.
/// </summary>
/// <param name="reader">Where problems go.</param>
/// <param name="bucket">The bucket that the policy is for; null for one that was accepted before.</param>
internal sealed class BucketPolicyParser(PolicyReader reader, string? bucket)
{
    private readonly HashSet<string> _sids = [];

    public bool TryRead(JsonElement root, out ImmutableArray<PolicyStatement> statements)
    {
        statements = [];
        JsonElement list = default;
        foreach (var property in root.EnumerateObject())
        {
            switch (property.Name)
            {
                case "Version" when property.Value.ValueKind != JsonValueKind.String || property.Value.GetString() is not ("2012-10-17" or "2008-10-17"):
                    return reader.Fail("The policy must contain a valid version string");
                case "Id" when property.Value.ValueKind != JsonValueKind.String || property.Value.GetString() is null:
                    return reader.Fail("Id must be a string.");
                case "Version" or "Id":
                    break;
                case "Statement":
                    list = property.Value;
                    break;
                default:
                    return reader.Fail($"Unknown field {PolicyReader.Shown(property.Name)}");
            }
        }

        if (list.ValueKind == JsonValueKind.Object)
        {
            var only = ReadStatement(list, 1);
            statements = only is null ? [] : [only];
            return only is not null;
        }

        return list.ValueKind switch
        {
            JsonValueKind.Undefined => reader.Fail("Missing required field Statement"),
            JsonValueKind.Array when list.GetArrayLength() == 0 => reader.Fail("Could not parse the policy: Statement is empty!"),
            JsonValueKind.Array when list.GetArrayLength() > PolicyReader.MaxStatements =>
                reader.Fail($"A policy may have at most {PolicyReader.MaxStatements} statements."),
            JsonValueKind.Array => TryReadStatements(list, out statements),
            _ => reader.Fail("Statement must be a JSON object or a list of them."),
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
        var parts = default(StatementParts);
        if (element.ValueKind != JsonValueKind.Object)
        {
            reader.Fail("A statement must be a JSON object.");
            return null;
        }

        if (element.TryGetProperty("Sid", out var sid) && !TryReadSid(sid))
        {
            return null;
        }

        foreach (var property in element.EnumerateObject())
        {
            if (!TryReadPart(property, ref parts))
            {
                return null;
            }
        }

        return Compile(parts);
    }

    private bool TryReadSid(JsonElement sid)
    {
        if (sid.ValueKind != JsonValueKind.String)
        {
            return reader.Fail("Sid must be a string.");
        }

        var text = sid.GetString()!;
        if (text.Length == 0)
        {
            return true;
        }

        reader.Statement = text;
        return text.Length > 128 ? reader.Fail("Sid is longer than 128 characters.")
            : _sids.Add(text) || reader.Fail("Statement IDs (SID) in a single policy must be unique.");
    }

    private bool TryReadPart(JsonProperty property, ref StatementParts parts)
    {
        switch (property.Name)
        {
            case "Sid":
                return true;
            case "Effect":
                parts.HasEffect = true;
                return reader.TryReadEffect(property.Value, out parts.IsAllow);
            case "Principal" or "NotPrincipal":
                return parts.Principals is not null
                    ? reader.Fail("A statement has either Principal or NotPrincipal.")
                    : BucketPrincipals.TryRead(reader, property.Value, property.Name == "NotPrincipal", out parts.Principals);
            case "Action" or "NotAction":
                parts.ExcludesActions = property.Name == "NotAction";
                return parts.Actions.IsDefault
                    ? reader.TryReadTexts(property.Value, property.Name, listOnly: false, out parts.Actions)
                    : reader.Fail("A statement has either Action or NotAction.");
            case "Resource" or "NotResource":
                parts.ExcludesResources = property.Name == "NotResource";
                return parts.Resources.IsDefault
                    ? reader.TryReadTexts(property.Value, property.Name, listOnly: false, out parts.Resources)
                    : reader.Fail("A statement has either Resource or NotResource.");
            case "Condition":
                return reader.TryReadConditions(property.Value, out parts.Conditions);
            default:
                return reader.Fail($"Unknown field {PolicyReader.Shown(property.Name)}");
        }
    }

    private PolicyStatement? Compile(in StatementParts parts)
    {
        var missing = !parts.HasEffect ? "Effect" : parts.Principals is null ? "Principal" : parts.Actions.IsDefault ? "Action"
            : parts.Resources.IsDefault ? "Resource" : null;
        if (missing is not null)
        {
            reader.Fail($"Missing required field {missing}");
            return null;
        }

        if (parts is { IsAllow: true, Principals.IsExclusion: true })
        {
            // It would let in everyone on earth but a few, which nobody ever meant.
            reader.Fail("Allow with NotPrincipal is not supported: name the principals that are allowed.");
            return null;
        }

        if (!TryReadActions(parts.Actions, out var actions) || !TryReadResources(parts.Resources, out var resources))
        {
            return null;
        }

        var name = reader.Statement!;
        return new PolicyStatement
        {
            Name = name,
            IsAllow = parts.IsAllow,
            Principals = parts.Principals!,
            Actions = parts.ExcludesActions ? ActionSet.AllOfS3.Except(actions) : actions,
            Resources = resources,
            ExcludesResources = parts.ExcludesResources,
            Conditions = parts.Conditions.IsDefault ? [] : parts.Conditions,
            Allowed = new AccessDecision(true, "the bucket policy allows it", BucketPolicy.DecisionName, name),
            Denied = new AccessDecision(false, "the bucket policy denies it", BucketPolicy.DecisionName, name),
        };
    }

    private bool TryReadActions(ImmutableArray<string> patterns, out ActionSet actions)
    {
        foreach (var pattern in patterns)
        {
            if (pattern.StartsWith(IamActions.ControlPrefix, StringComparison.OrdinalIgnoreCase))
            {
                actions = default;
                return reader.Fail($"Policy has invalid action: {PolicyReader.Shown(pattern)} belongs in an access policy of the organization");
            }
        }

        return reader.TryReadActions(patterns, out actions);
    }

    private bool TryReadResources(ImmutableArray<string> texts, out ImmutableArray<WildcardPattern> resources)
    {
        var builder = ImmutableArray.CreateBuilder<WildcardPattern>(texts.Length);
        resources = [];
        foreach (var text in texts)
        {
            if (ResourceNames.TryParseArn(text) is not { } pattern || (bucket is not null && !pattern.IsMatch(bucket) && !pattern.CanMatchPrefix($"{bucket}/")))
            {
                return reader.Fail($"Policy has invalid resource: {PolicyReader.Shown(text)}");
            }

            builder.Add(pattern);
        }

        resources = builder.MoveToImmutable();
        return true;
    }

    private struct StatementParts
    {
        public bool HasEffect;
        public bool IsAllow;
        public PrincipalSet? Principals;
        public ImmutableArray<string> Actions;
        public bool ExcludesActions;
        public ImmutableArray<string> Resources;
        public bool ExcludesResources;
        public ImmutableArray<Condition> Conditions;
    }
}
