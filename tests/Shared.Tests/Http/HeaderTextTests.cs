using System.Text;
using EdgeCache.Shared.Http;

namespace EdgeCache.Shared.Tests.Http;

public sealed class HeaderTextTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("gr\u00C3\u00BC\u00C3\u009Fe", "gr\u00FC\u00DFe")] // UTF-8
    [InlineData("gr\u00FC\u00DFe", "gr\uF7FC\uF7DFe")] // Latin-1
    [InlineData("\u00EF\u009E\u0080", "\uF7EF\uF79E\uF780")] // UTF-8 of a character that stands for a byte
    [InlineData("\u00C3\u00BC and \u00FC", "\uF7C3\uF7BC and \uF7FC")] // both in one value: as bytes
    public void Bytes_are_read_as_text_and_come_back(string latin1, string text)
    {
        Assert.Equal(text, HeaderText.FromLatin1(latin1));
        Assert.Equal(Encoding.Latin1.GetBytes(latin1), HeaderText.Instance.GetBytes(text));
        Assert.Equal(latin1.Length, HeaderText.Instance.GetByteCount(text));
    }

    [Fact]
    public void Any_bytes_come_back_and_no_two_values_make_the_same_text()
    {
        const int Seed = 20261122;
        var random = new Random(Seed);
        byte[] favoured = [0xEF, 0x9E, 0x9F, 0x80, 0xBF, 0xC3, 0xBC, 0xFF, (byte)'a'];
        var seen = new Dictionary<string, byte[]>();
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = new byte[random.Next(1, 6)];
            foreach (ref var b in bytes.AsSpan())
            {
                b = random.Next(2) == 0 ? favoured[random.Next(favoured.Length)] : (byte)random.Next(1, 256);
            }

            var text = HeaderText.Instance.GetString(bytes);
            Assert.Equal(bytes, HeaderText.Instance.GetBytes(text));
            Assert.True(seen.TryAdd(text, bytes) || seen[text].AsSpan().SequenceEqual(bytes), $"seed {Seed}: {Convert.ToHexString(bytes)}");
        }
    }
}
