using EdgeCache.Origin.Catalog;

namespace EdgeCache.Origin.Tests.Catalog;

public sealed class KeyOrderTests
{
    private static readonly string[] s_alphabet = ["a", "b", "/", "\u007F", "\u00FC", "\u0800", "\uD7FF", "\uE000", "\uFFFD", "\uFFFF", "\U00010000", "\U0010FFFF"];

    [Fact]
    public void Keys_compare_as_their_bytes()
    {
        var random = new Random(5);
        for (var i = 0; i < 20_000; i++)
        {
            var (a, b) = (Next(random), Next(random));
            Assert.Equal(Math.Sign(Utf8Order.Instance.Compare(a, b)), Math.Sign(KeyOrder.Compare(a, b)));
        }
    }

    [Fact]
    public void The_end_of_a_prefix_is_behind_all_that_begin_with_it_and_before_all_others_that_follow()
    {
        var random = new Random(6);
        for (var i = 0; i < 20_000; i++)
        {
            var (prefix, key) = (Next(random), Next(random));
            var end = KeyOrder.EndOfPrefix(prefix);
            var inside = key.StartsWith(prefix, StringComparison.Ordinal) || Utf8Order.Instance.Compare(key, prefix) < 0;
            Assert.Equal(inside, Utf8Order.Instance.Compare(key, end) < 0);
        }
    }

    [Theory]
    [InlineData("a/b/c", "", "/", "a/")]
    [InlineData("a/b/c", "a/", "/", "a/b/")]
    [InlineData("a/b/c", "a/b/", "/", null)]
    [InlineData("a/", "", "/", "a/")]
    [InlineData("/a", "", "/", "/")]
    [InlineData("abab", "", "ba", "aba")]
    [InlineData("abc", "", "", null)]
    public void Keys_are_rolled_up_through_the_first_delimiter_after_the_prefix(string key, string prefix, string delimiter, string? expected) =>
        Assert.Equal(expected, KeyOrder.RollUp(key, prefix, delimiter));

    private static string Next(Random random) =>
        string.Concat(Enumerable.Range(0, random.Next(4)).Select(_ => s_alphabet[random.Next(s_alphabet.Length)]));
}
