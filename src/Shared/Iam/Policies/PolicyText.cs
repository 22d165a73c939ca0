using System.Text;
using System.Text.Json;

namespace EdgeCache.Shared.Iam.Policies;

/// <summary>The bounds that hold for the text of every policy.</summary>
internal static class PolicyText
{
    /// <summary>The deepest nesting accepted; a policy needs 6.</summary>
    public const int MaxDepth = 12;

    /// <summary>The problem of a text that is no JSON object within the bounds; null when it is one.</summary>
    public static PolicyProblem? TryReadObject(string json, int maxBytes)
    {
        if (json.Length > maxBytes || Encoding.UTF8.GetByteCount(json) > maxBytes)
        {
            return new PolicyProblem(null, "Policy exceeds the maximum allowed document size.");
        }

        try
        {
            using var document = JsonDocument.Parse(
                Encoding.UTF8.GetBytes(json), new JsonDocumentOptions { MaxDepth = MaxDepth, AllowDuplicateProperties = false });
            return document.RootElement.ValueKind == JsonValueKind.Object ? null : NotJson;
        }
        catch (JsonException)
        {
            return NotJson;
        }
    }

    private static PolicyProblem NotJson { get; } = new(null, "Policies must be valid JSON and the first byte must be '{'");
}
