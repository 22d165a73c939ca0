using EdgeCache.Shared.Primitives;
using EdgeCache.Testing;

namespace EdgeCache.Shared.Tests.Primitives;

public sealed class GenerationTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void Text_and_binary_forms_round_trip()
    {
        var generation = Generation.New(_time);
        var text = generation.ToString();
        Assert.Equal(Generation.TextLength, text.Length);
        Assert.True(Generation.TryParse(text, out var fromText));
        Span<byte> bytes = stackalloc byte[Generation.ByteLength];
        generation.Write(bytes);
        Assert.Equal((generation, generation), (fromText, Generation.Read(bytes)));
        Assert.Equal(text, Convert.ToHexStringLower(bytes));
    }

    [Fact]
    public void Later_generations_sort_after_earlier_ones()
    {
        var earlier = Generation.New(_time);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        var later = Generation.New(_time);
        Assert.True(earlier < later && later > earlier && earlier <= later && later >= earlier);
        Assert.True(string.CompareOrdinal(earlier.ToString(), later.ToString()) < 0);
    }

    [Fact]
    public void The_order_is_that_of_a_128_bit_unsigned_number()
    {
        Generation[] ordered = [new(0, 0), new(0, ulong.MaxValue), new(1, 0), new(1, 1), new(ulong.MaxValue, 0)];
        for (var i = 0; i < ordered.Length; i++)
        {
            for (var j = 0; j < ordered.Length; j++)
            {
                Assert.Equal(i.CompareTo(j), Math.Sign(ordered[i].CompareTo(ordered[j])));
            }
        }
    }

    [Fact]
    public void Generations_of_the_same_instant_differ()
    {
        var generations = Enumerable.Range(0, 1_000).Select(_ => Generation.New(_time)).ToHashSet();
        Assert.Equal(1_000, generations.Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0123456789abcdef0123456789abcde")]
    [InlineData("0123456789abcdef0123456789abcdef0")]
    [InlineData("0123456789abcdef0123456789abcdeg")]
    [InlineData("0123456789abcdef 123456789abcdef")]
    [InlineData("0123456789abcdef0x23456789abcdef")]
    [InlineData("0123456789abcde\00123456789abcdef")]
    [InlineData("0123456789abcdef0123456789abcd\0\0")]
    public void Anything_but_32_hexadecimal_digits_is_refused(string text) => Assert.False(Generation.TryParse(text, out _));
}
