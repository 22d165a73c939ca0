namespace EdgeCache.Shared.Iam.Policies;

/// <summary>The short form of principals: <c>coreweave/&lt;id&gt;</c>, <c>saml/&lt;role&gt;</c>, <c>role/&lt;issuer&gt;:&lt;subject&gt;</c>, <c>static/&lt;key-id&gt;</c>.</summary>
public static class PrincipalNames
{
    /// <summary>The longest name, in characters.</summary>
    public const int MaxLength = 1024;

    private static readonly string[] Kinds = ["coreweave/", "saml/", "role/", "static/"];

    /// <summary>Whether a text is the short form of one principal.</summary>
    public static bool IsWellFormed(string name) => HasKind(name, out var rest) && rest.Length > 0 && !name.Contains('*', StringComparison.Ordinal);

    /// <summary>Reads a principal of an access policy: a short form, with a star at its end or not, or <c>*</c>; null for anything else.</summary>
    internal static PrincipalPattern? TryParsePattern(string text)
    {
        if (text == "*")
        {
            return PrincipalPattern.Everyone;
        }

        if (!text.EndsWith('*'))
        {
            return IsWellFormed(text) ? new PrincipalPattern(PrincipalPatternKind.Name, string.Empty, text) : null;
        }

        var prefix = text[..^1];
        return HasKind(prefix, out _) && !prefix.Contains('*', StringComparison.Ordinal)
            ? new PrincipalPattern(PrincipalPatternKind.NamePrefix, string.Empty, prefix)
            : null;
    }

    private static bool HasKind(string name, out string rest)
    {
        rest = string.Empty;
        if (name.Length > MaxLength || name.Any(char.IsControl))
        {
            return false;
        }

        foreach (var kind in Kinds)
        {
            if (name.StartsWith(kind, StringComparison.Ordinal))
            {
                rest = name[kind.Length..];
                return true;
            }
        }

        return false;
    }
}
