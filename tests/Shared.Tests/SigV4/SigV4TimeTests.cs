using System.Globalization;
using EdgeCache.Shared.SigV4;

namespace EdgeCache.Shared.Tests.SigV4;

public class SigV4TimeTests
{
    private const string Format = "yyyyMMdd'T'HHmmss'Z'";

    [Fact]
    public void What_is_a_time_is_what_the_framework_takes_for_one()
    {
        var random = new Random(7);
        const string alphabet = "0123456789TZ -:\u0660";
        for (var i = 0; i < 20_000; i++)
        {
            var text = new DateTime(random.NextInt64(DateTime.MaxValue.Ticks)).ToString(Format, CultureInfo.InvariantCulture).ToCharArray();
            for (var changes = random.Next(3); changes > 0; changes--)
            {
                text[random.Next(text.Length)] = alphabet[random.Next(alphabet.Length)];
            }

            var expected = DateTimeOffset.TryParseExact(
                text, Format, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time);

            Assert.True(expected == SigV4Time.TryParseBasic(text, out var parsed), new string(text));
            Assert.Equal(time, parsed);
        }
    }

    [Theory]
    [InlineData("20130524T000000")]
    [InlineData("20130524T000000ZZ")]
    [InlineData("20130229T000000Z")]
    [InlineData("00000101T000000Z")]
    [InlineData("20130524T240000Z")]
    [InlineData("")]
    public void What_is_no_time_is_refused(string text) => Assert.False(SigV4Time.TryParseBasic(text, out _));

    [Fact]
    public void Days_have_eight_digits()
    {
        var day = new char[8];
        Assert.True(SigV4Time.TryFormatDay(new DateTimeOffset(7, 3, 4, 23, 59, 59, TimeSpan.FromHours(-1)), day));
        Assert.Equal("00070305", new string(day));
    }
}
