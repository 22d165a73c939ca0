using EdgeCache.Shared.Primitives;

namespace EdgeCache.Shared.Tests.Primitives;

public sealed class ObjectKeyTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("/")]
    [InlineData("//a/../b/.")]
    [InlineData(" a\t\r\n\u0001")]
    [InlineData("caf\u00e9/\U0001F600")]
    [InlineData("\uFEFF")]
    public void Any_text_is_a_key(string text)
    {
        Assert.True(ObjectKey.TryParse(text, out var key));
        Assert.Equal(text, key.Value);
        Assert.Equal(text, key.ToString());
        Assert.Equal(key, ObjectKey.Parse(text));
    }

    [Theory]
    [InlineData('a', 1)]
    [InlineData('\u00e9', 2)]
    [InlineData('\u20ac', 3)]
    public void The_limit_is_1024_bytes_of_UTF8(char character, int bytes)
    {
        var longest = new string(character, ObjectKey.MaxBytes / bytes) + new string('a', ObjectKey.MaxBytes % bytes);
        Assert.True(ObjectKey.TryParse(longest, out _));
        Assert.False(ObjectKey.TryParse(longest + "a", out _));
    }

    [Fact]
    public void A_surrogate_pair_counts_four_bytes()
    {
        var longest = string.Concat(Enumerable.Repeat("\U0001F600", ObjectKey.MaxBytes / 4));
        Assert.True(ObjectKey.TryParse(longest, out _));
        Assert.False(ObjectKey.TryParse(longest + "a", out _));
    }

    [Fact]
    public void Text_that_has_no_UTF8_form_or_ends_early_is_refused()
    {
        // Built here: an attribute cannot carry a lone surrogate.
        foreach (var text in new[] { null, "", "a\0b", "a\ud800", "\udc00a", "\ud800\ud800", "\udc00\ud800" })
        {
            Assert.False(ObjectKey.TryParse(text, out var key));
            Assert.Equal(string.Empty, key.Value);
        }

        Assert.Throws<FormatException>(() => ObjectKey.Parse(""));
    }
}
