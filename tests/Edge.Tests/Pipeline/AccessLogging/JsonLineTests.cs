using System.Text;
using System.Text.Json;
using EdgeCache.Edge.Pipeline.AccessLogging;

namespace EdgeCache.Edge.Tests.Pipeline.AccessLogging;

public sealed class JsonLineTests
{
    private const int Seed = 5;

    [Fact]
    public void Every_text_is_read_back_from_one_line()
    {
        var random = new Random(Seed);
        const string alphabet = "ab/\"\\\n\r\t\0\u0001\u001f\u007f\u00e9\u4e16 {}[]:,";
        for (var i = 0; i < 2000; i++)
        {
            var text = new string(random.GetItems<char>(alphabet, random.Next(1, 60)));
            var line = new JsonLine(new byte[JsonLine.MaxValue + 100]);
            line.Add("number"u8, i);
            line.Add("text"u8, text);
            line.AddTrue("last"u8);
            var written = Encoding.UTF8.GetString(line.End());

            Assert.Equal(written.Length - 1, written.IndexOf('\n', StringComparison.Ordinal));
            using var json = JsonDocument.Parse(written);
            Assert.Equal(text, json.RootElement.GetProperty("text").GetString());
            Assert.Equal(i, json.RootElement.GetProperty("number").GetInt32());
            Assert.True(json.RootElement.GetProperty("last").GetBoolean());
        }
    }

    [Theory]
    [InlineData('\u0001')]
    [InlineData('\u4e16')]
    [InlineData('\ud83d')]
    [InlineData('x')]
    public void The_longest_text_fits_whatever_it_consists_of(char c)
    {
        var line = new JsonLine(new byte[JsonLine.MaxValue + "text".Length + 2]);
        line.Add("text"u8, new string(c, 100_000));

        using var json = JsonDocument.Parse(Encoding.UTF8.GetString(line.End()));
        Assert.Equal(JsonLine.MaxText, json.RootElement.GetProperty("text").GetString()!.Length);
    }

    [Fact]
    public void What_is_empty_is_left_out()
    {
        var line = new JsonLine(new byte[100]);
        line.Add("none"u8, null);
        line.Add("empty"u8, "");
        line.AddPlain("plain"u8, "p"u8);
        Assert.Equal("{\"plain\":\"p\"}\n", Encoding.UTF8.GetString(line.End()));
    }
}
