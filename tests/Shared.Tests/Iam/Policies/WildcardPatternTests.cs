using EdgeCache.Shared.Iam.Policies;

namespace EdgeCache.Shared.Tests.Iam.Policies;

public sealed class WildcardPatternTests
{
    [Theory]
    [InlineData("", "", true)]
    [InlineData("", "a", false)]
    [InlineData("*", "", true)]
    [InlineData("**", "abc", true)]
    [InlineData("a*", "a", true)]
    [InlineData("a*a", "a", false)]
    [InlineData("a*a", "aa", true)]
    [InlineData("*ab*ab", "xabab", true)]
    [InlineData("*ab*ab", "xab", false)]
    [InlineData("a?*c", "abc", true)]
    [InlineData("a?*c", "ac", false)]
    [InlineData("?", "*", true)]
    [InlineData("[a-z]*", "abc", false)]
    [InlineData("a\\*", "a\\b", true)]
    public void Matches(string pattern, string text, bool expected) => Assert.Equal(expected, new WildcardPattern(pattern).IsMatch(text));

    // Every pattern and text of a small alphabet, against the definition.
    [Fact]
    public void Agrees_with_the_definition()
    {
        foreach (var pattern in Words("ab*?", 5))
        {
            var compiled = new WildcardPattern(pattern);
            foreach (var text in Words("ab", 5))
            {
                Assert.True(compiled.IsMatch(text) == Defined(pattern, text), $"{pattern} {text}");
                Assert.True(text.Length > 2 || compiled.CanMatchPrefix(text) == CanMatchPrefix(pattern, text), $"{pattern} {text}...");
            }
        }
    }

    private static bool Defined(ReadOnlySpan<char> pattern, ReadOnlySpan<char> text) =>
        pattern.IsEmpty ? text.IsEmpty
        : pattern[0] == '*' ? Defined(pattern[1..], text) || (!text.IsEmpty && Defined(pattern, text[1..]))
        : !text.IsEmpty && (pattern[0] == '?' || pattern[0] == text[0]) && Defined(pattern[1..], text[1..]);

    private static bool CanMatchPrefix(string pattern, string prefix) =>
        Enumerable.Range(0, pattern.Length + 1).Any(length => Defined(pattern.AsSpan(0, length), prefix));

    private static IEnumerable<string> Words(string alphabet, int longest)
    {
        IEnumerable<string> words = [string.Empty];
        var all = words;
        for (var length = 1; length <= longest; length++)
        {
            words = words.SelectMany(word => alphabet.Select(letter => word + letter)).ToArray();
            all = all.Concat(words);
        }

        return all;
    }
}
