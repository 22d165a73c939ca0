using System.Buffers;

namespace EdgeCache.Shared.Iam.Policies;

/// <summary>
/// A pattern of policies: <c>*</c> stands for any characters, also none and also <c>/</c>, and <c>?</c> for exactly one. Case-sensitive, compiled once,
/// matched without allocation. Each run between stars is searched once from the left, so a pattern costs at most its length times the text's.
/// </summary>
internal sealed class WildcardPattern
{
    private static readonly SearchValues<char> Wildcards = SearchValues.Create("*?");

    private readonly string[] _runs;

    public WildcardPattern(string text)
    {
        Text = text;
        IsFixed = !text.AsSpan().ContainsAny(Wildcards);
        var runs = text.Split('*');
        _runs = runs.Length <= 2 ? runs : [runs[0], .. runs[1..^1].Where(static run => run.Length > 0), runs[^1]];
    }

    /// <summary>The pattern as written.</summary>
    public string Text { get; }

    /// <summary>Whether it has no wildcards.</summary>
    public bool IsFixed { get; }

    /// <summary>Whether the whole text matches.</summary>
    public bool IsMatch(ReadOnlySpan<char> text)
    {
        if (IsFixed)
        {
            return text.SequenceEqual(Text);
        }

        var first = _runs[0];
        if (_runs.Length == 1)
        {
            return text.Length == first.Length && StartsWith(text, first);
        }

        var last = _runs[^1];
        if (text.Length < first.Length + last.Length || !StartsWith(text, first) || !StartsWith(text[^last.Length..], last))
        {
            return false;
        }

        var rest = text[first.Length..^last.Length];
        for (var i = 1; i < _runs.Length - 1; i++)
        {
            var at = IndexOf(rest, _runs[i]);
            if (at < 0)
            {
                return false;
            }

            rest = rest[(at + _runs[i].Length)..];
        }

        return true;
    }

    /// <summary>Whether some text that begins with <paramref name="prefix"/> matches.</summary>
    public bool CanMatchPrefix(ReadOnlySpan<char> prefix)
    {
        // What remains of a pattern always matches something, so it is enough that some part of it matches the prefix.
        var reached = new bool[Text.Length + 1];
        reached[0] = true;
        PassStars(reached);
        foreach (var c in prefix)
        {
            var next = new bool[reached.Length];
            for (var i = 0; i < Text.Length; i++)
            {
                next[i] |= reached[i] && Text[i] == '*';
                next[i + 1] |= reached[i] && (Text[i] == '?' || Text[i] == c);
            }

            PassStars(next);
            reached = next;
        }

        return reached.Contains(true);
    }

    private void PassStars(bool[] reached)
    {
        for (var i = 0; i < Text.Length; i++)
        {
            reached[i + 1] |= reached[i] && Text[i] == '*';
        }
    }

    private static int IndexOf(ReadOnlySpan<char> text, string run)
    {
        if (!run.Contains('?', StringComparison.Ordinal))
        {
            return text.IndexOf(run);
        }

        for (var at = 0; at + run.Length <= text.Length; at++)
        {
            if (StartsWith(text[at..], run))
            {
                return at;
            }
        }

        return -1;
    }

    private static bool StartsWith(ReadOnlySpan<char> text, string run)
    {
        if (text.StartsWith(run))
        {
            return true;
        }

        if (text.Length < run.Length)
        {
            return false;
        }

        for (var i = 0; i < run.Length; i++)
        {
            if (run[i] != '?' && run[i] != text[i])
            {
                return false;
            }
        }

        return true;
    }
}
