using System.Buffers;

namespace EdgeCache.Shared.SigV4;

/// <summary>The list of signed headers: lower-case names, joined by <c>;</c>.</summary>
internal static class SignedHeaderList
{
    /// <summary>The most names in a list. With distinct names it keeps the canonical request in proportion to the request's head.</summary>
    public const int MaxNames = 128;

    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-.^_`|~");

    /// <summary>Parses a list; false when it is empty, too long, or has a bad or repeated name.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out string[] names)
    {
        names = [];
        var count = text.Count(';') + 1;
        if (count > MaxNames)
        {
            return false;
        }

        var parsed = new string[count];
        var next = 0;
        foreach (var range in text.Split(';'))
        {
            var name = text[range];
            if (name.IsEmpty || name.ContainsAnyExcept(NameCharacters) || IsRepeated(parsed.AsSpan(0, next), name))
            {
                return false;
            }

            parsed[next++] = Name(name);
        }

        names = parsed;
        return true;
    }

    /// <summary>Whether a list has a name, compared without regard to case.</summary>
    public static bool Contains(IReadOnlyList<string> names, string name)
    {
        for (var i = 0; i < names.Count; i++)
        {
            if (string.Equals(names[i], name, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsRepeated(ReadOnlySpan<string> parsed, ReadOnlySpan<char> name)
    {
        foreach (var earlier in parsed)
        {
            if (name.SequenceEqual(earlier))
            {
                return true;
            }
        }

        return false;
    }

    private static string Name(ReadOnlySpan<char> name) => name switch
    {
        "host" => "host",
        "range" => "range",
        "x-amz-date" => "x-amz-date",
        "x-amz-content-sha256" => PayloadHash.Header,
        _ => name.ToString(),
    };
}
