using EdgeCache.Shared.Primitives;

namespace EdgeCache.Shared.Tests.Primitives;

public sealed class BucketNameTests
{
    [Theory]
    [InlineData("abc")]
    [InlineData("a-b")]
    [InlineData("a--b")]
    [InlineData("a.b.c")]
    [InlineData("123")]
    [InlineData("model-weights.2026")]
    [InlineData("1.2.3")]
    [InlineData("1.2.3.4.5")]
    [InlineData("1.2.3.a")]
    [InlineData("1234.1.1.1")]
    [InlineData("xn-a")]
    [InlineData("a-s3aliases")]
    public void Valid_names_are_kept_as_they_are(string text)
    {
        Assert.True(BucketName.TryParse(text, out var name));
        Assert.Equal(text, name.Value);
        Assert.Equal(text, name.ToString());
        Assert.Equal(name, BucketName.Parse(text));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("ab")]
    [InlineData("Abc")]
    [InlineData("abC")]
    [InlineData("a_b")]
    [InlineData("a b")]
    [InlineData("a/b")]
    [InlineData("a\0b")]
    [InlineData("b\u00fcro")]
    [InlineData("abc\n")]
    [InlineData("-abc")]
    [InlineData("abc-")]
    [InlineData(".abc")]
    [InlineData("abc.")]
    [InlineData("a..b")]
    [InlineData("a.-b")]
    [InlineData("a-.b")]
    [InlineData("1.2.3.4")]
    [InlineData("192.168.5.4")]
    [InlineData("999.999.999.999")]
    [InlineData("xn--abc")]
    [InlineData("sthree-abc")]
    [InlineData("sthree-configurator")]
    [InlineData("abc-s3alias")]
    [InlineData("abc--ol-s3")]
    [InlineData("amzn-s3-demo-bucket")]
    [InlineData("abc.mrap")]
    [InlineData("abc--x-s3")]
    [InlineData("abc--table-s3")]
    public void Names_that_break_a_rule_are_refused(string? text)
    {
        Assert.False(BucketName.TryParse(text, out var name));
        Assert.Equal(string.Empty, name.Value);
        Assert.Throws<FormatException>(() => BucketName.Parse(text!));
    }

    [Fact]
    public void Length_is_3_to_63_characters()
    {
        Assert.True(BucketName.TryParse(new string('a', 63), out _));
        Assert.False(BucketName.TryParse(new string('a', 64), out _));
    }
}
