using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using EdgeCache.Shared.Iam.Conditions;

namespace EdgeCache.Shared.Iam.Policies;

/// <summary>
/// What the readers of both kinds of policies share: the bounds, the first problem found, and the parts that look alike. Every reading method answers
/// whether it succeeded; when not, <see cref="Problem"/> is set.
/// </summary>
internal sealed class PolicyReader
{
    /// <summary>The deepest nesting accepted; a policy needs 6.</summary>
    public const int MaxDepth = 12;

    /// <summary>The most statements of a policy.</summary>
    public const int MaxStatements = 200;

    /// <summary>The most condition lines (operator and key) of a statement.</summary>
    public const int MaxConditions = 100;

    /// <summary>The longest action, resource, principal or condition value, in characters: a key's 1,024 bytes and what precedes it fit.</summary>
    public const int MaxTextLength = 2048;

    private static readonly PolicyProblem NotJson = new(null, "Policies must be valid JSON and the first byte must be '{'");

    /// <summary>The first problem.</summary>
    public PolicyProblem? Problem { get; private set; }

    /// <summary>What the statement that is being read is called.</summary>
    public string? Statement { get; set; }

    /// <summary>Parses a document within the bounds and has it read. Never throws, whatever the text.</summary>
    public static PolicyProblem? Read(string json, int maxBytes, Func<PolicyReader, JsonElement, bool> read)
    {
        if (json.Length > maxBytes || Encoding.UTF8.GetByteCount(json) > maxBytes)
        {
            return new PolicyProblem(null, $"Policy exceeds the maximum allowed document size of {maxBytes} bytes.");
        }

        var reader = new PolicyReader();
        try
        {
            using var document = JsonDocument.Parse(
                Encoding.UTF8.GetBytes(json), new JsonDocumentOptions { MaxDepth = MaxDepth, AllowDuplicateProperties = false });
            return document.RootElement.ValueKind != JsonValueKind.Object ? NotJson : read(reader, document.RootElement) ? null : reader.Problem;
        }
        catch (JsonException e)
        {
            return e.Message.Contains("uplicate", StringComparison.Ordinal) ? new PolicyProblem(null, "A name occurs twice in the same JSON object.") : NotJson;
        }
        catch (InvalidOperationException)
        {
            // A text with an escaped half of a surrogate pair, in whatever place.
            return NotJson;
        }
    }

    /// <summary>Notes a problem; always false.</summary>
    public bool Fail(string message)
    {
        Problem ??= new PolicyProblem(Statement, message);
        return false;
    }

    /// <summary>Reads a text that is not empty.</summary>
    public bool TryReadText(JsonElement element, string name, out string text)
    {
        text = element.ValueKind == JsonValueKind.String ? element.GetString()! : string.Empty;
        return element.ValueKind != JsonValueKind.String ? Fail($"{name} must be a string.")
            : text.Length == 0 ? Fail($"{name} must not be empty.")
            : text.Length <= MaxTextLength || Fail($"{name} is longer than {MaxTextLength} characters.");
    }

    /// <summary>Reads a text or a list of texts; none of them may be empty, nor the list.</summary>
    public bool TryReadTexts(JsonElement element, string name, bool listOnly, out ImmutableArray<string> texts)
    {
        texts = [];
        if (element.ValueKind != JsonValueKind.Array)
        {
            if (listOnly || !TryReadText(element, name, out var one))
            {
                return Fail($"{name} must be a list of strings.");
            }

            texts = [one];
            return true;
        }

        var builder = ImmutableArray.CreateBuilder<string>();
        foreach (var item in element.EnumerateArray())
        {
            if (!TryReadText(item, name, out var text))
            {
                return false;
            }

            builder.Add(text);
        }

        texts = builder.DrainToImmutable();
        return texts.Length > 0 || Fail($"{name} must not be an empty list.");
    }

    /// <summary>Reads Allow or Deny.</summary>
    public bool TryReadEffect(JsonElement element, out bool isAllow)
    {
        var text = element.ValueKind == JsonValueKind.String ? element.GetString() : null;
        isAllow = text == "Allow";
        return text is "Allow" or "Deny" || Fail($"Invalid effect: {Shown(element.ToString())}");
    }

    /// <summary>Reads the actions that patterns name; every pattern must name one at least.</summary>
    public bool TryReadActions(ImmutableArray<string> patterns, out ActionSet actions)
    {
        actions = default;
        foreach (var pattern in patterns)
        {
            var matching = ActionSet.Matching(pattern);
            if (matching.IsEmpty)
            {
                return Fail($"Policy has invalid action: {Shown(pattern)}");
            }

            actions = actions.Union(matching);
        }

        return true;
    }

    /// <summary>Reads a Condition: operators of keys of values.</summary>
    public bool TryReadConditions(JsonElement element, out ImmutableArray<Condition> conditions)
    {
        conditions = [];
        if (element.ValueKind != JsonValueKind.Object)
        {
            return Fail("Condition must be a JSON object.");
        }

        var builder = ImmutableArray.CreateBuilder<Condition>();
        foreach (var group in element.EnumerateObject())
        {
            if (!ConditionCompiler.IsOperator(group.Name))
            {
                return Fail($"Invalid Condition type : {Shown(group.Name)}");
            }

            if (group.Value.ValueKind != JsonValueKind.Object)
            {
                return Fail($"{group.Name} must be a JSON object of condition keys.");
            }

            foreach (var line in group.Value.EnumerateObject())
            {
                if (!TryReadCondition(group.Name, line, out var condition))
                {
                    return false;
                }

                builder.Add(condition!);
                if (builder.Count > MaxConditions)
                {
                    return Fail($"A statement may have at most {MaxConditions} conditions.");
                }
            }
        }

        conditions = builder.DrainToImmutable();
        return true;
    }

    /// <summary>A text of the author's, short enough to be repeated in a message.</summary>
    public static string Shown(string text) => text.Length <= 100 ? text : $"{text[..100]}...";

    private bool TryReadCondition(string operatorName, JsonProperty line, out Condition? condition)
    {
        condition = null;
        if (ConditionKeys.Find(line.Name) is not { } key)
        {
            return Fail($"Policy has an invalid condition key: {Shown(line.Name)}");
        }

        if (!TryReadValues(line.Value, line.Name, out var values))
        {
            return false;
        }

        condition = ConditionCompiler.TryCompile(operatorName, key, values);
        return condition is not null || Fail($"Invalid value of {Shown(line.Name)} for {operatorName}: {Shown(string.Join(", ", values))}");
    }

    // Numbers and truth values may be written with or without quotes.
    private bool TryReadValues(JsonElement element, string key, out ImmutableArray<string> values)
    {
        values = [];
        var builder = ImmutableArray.CreateBuilder<string>();
        if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in element.EnumerateArray())
            {
                if (!TryAddValue(item, key, builder))
                {
                    return false;
                }
            }
        }
        else if (!TryAddValue(element, key, builder))
        {
            return false;
        }

        values = builder.DrainToImmutable();
        return values.Length > 0 || Fail($"{Shown(key)} must not be an empty list.");
    }

    private bool TryAddValue(JsonElement element, string key, ImmutableArray<string>.Builder values)
    {
        var text = element.ValueKind switch
        {
            JsonValueKind.String => element.GetString(),
            JsonValueKind.Number => element.GetRawText(),
            JsonValueKind.True => "true",
            JsonValueKind.False => "false",
            _ => null,
        };
        if (text is null)
        {
            return Fail($"The value of {Shown(key)} must be a string, a number or a truth value.");
        }

        values.Add(text);
        return text.Length <= MaxTextLength || Fail($"The value of {Shown(key)} is longer than {MaxTextLength} characters.");
    }
}
