using EdgeCache.Load.Data;

namespace EdgeCache.EndToEnd.Tests.Bench;

public sealed class SeededBytesTests
{
    private const int Length = 10_000;

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 6)]
    [InlineData(3, 13)]
    [InlineData(7, 4096)]
    [InlineData(8, 9000)]
    public void Any_range_is_what_the_whole_holds_there(int position, int count)
    {
        var whole = Read(SeededBytes.For(42, "a"), 0, Length);
        Assert.Equal(whole.AsSpan(position, count).ToArray(), Read(SeededBytes.For(42, "a"), position, count));
    }

    [Fact]
    public void Seed_and_name_decide_the_content()
    {
        var bytes = Read(SeededBytes.For(42, "a"), 0, 64);
        Assert.Equal(bytes, Read(SeededBytes.For(42, "a"), 0, 64));
        Assert.NotEqual(bytes, Read(SeededBytes.For(43, "a"), 0, 64));
        Assert.NotEqual(bytes, Read(SeededBytes.For(42, "b"), 0, 64));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4095)]
    [InlineData(4096)]
    [InlineData(Length - 1)]
    public void A_single_changed_byte_does_not_match(int changed)
    {
        var content = SeededBytes.For(42, "a");
        var bytes = Read(content, 5, Length);
        Assert.True(content.Matches(5, bytes));
        bytes[changed] ^= 1;
        Assert.False(content.Matches(5, bytes));
    }

    private static byte[] Read(SeededBytes content, long position, int count)
    {
        var bytes = new byte[count];
        content.Read(position, bytes);
        return bytes;
    }
}
