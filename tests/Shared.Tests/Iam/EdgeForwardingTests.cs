using System.Net;
using EdgeCache.Shared.Iam;

namespace EdgeCache.Shared.Tests.Iam;

public sealed class EdgeForwardingTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly EdgeForwarding _forwarding = new("a-cluster-secret-for-tests");

    [Theory]
    [InlineData("192.0.2.1", true)]
    [InlineData("2001:db8::1", false)]
    [InlineData(null, true)]
    public void A_statement_says_what_was_signed(string? address, bool secure)
    {
        var hop = new EdgeHop("LGA1", address is null ? null : IPAddress.Parse(address), secure);
        Assert.Equal(hop, _forwarding.Verify(_forwarding.Sign(hop, Now, "GET", "/b/k?x=1"), Now.AddMinutes(4), "GET", "/b/k?x=1"));
    }

    [Fact]
    public void Nothing_of_it_can_be_changed()
    {
        var header = _forwarding.Sign(new EdgeHop("LGA1", IPAddress.Parse("192.0.2.1"), IsSecure: false), Now, "GET", "/b/k");
        var fields = header.Split(';');
        string[] others = ["LAS1", "192.0.2.2", "https", (Now.ToUnixTimeSeconds() + 1).ToString(System.Globalization.CultureInfo.InvariantCulture), new string('0', 64)];
        for (var i = 0; i < fields.Length; i++)
        {
            var changed = (string[])fields.Clone();
            changed[i] = others[i];
            Assert.Null(_forwarding.Verify(string.Join(';', changed), Now, "GET", "/b/k"));
        }

        Assert.Null(_forwarding.Verify(header, Now, "PUT", "/b/k"));
        Assert.Null(_forwarding.Verify(header, Now, "GET", "/b/other"));
        Assert.Null(_forwarding.Verify(header, Now.AddMinutes(6), "GET", "/b/k"));
        Assert.Null(new EdgeForwarding("another-cluster-secret").Verify(header, Now, "GET", "/b/k"));
        Assert.Null(_forwarding.Verify(";;;;", Now, "GET", "/b/k"));
        Assert.Null(_forwarding.Verify(string.Empty, Now, "GET", "/b/k"));
    }
}
