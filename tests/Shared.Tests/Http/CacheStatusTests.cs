using EdgeCache.Shared.Http;

namespace EdgeCache.Shared.Tests.Http;

public sealed class CacheStatusTests
{
    private readonly CacheStatus _status = new("LGA1");

    [Fact]
    public void Writes_hits()
    {
        Assert.Equal("LGA1; hit", _status.Hit());
        Assert.Equal("LGA1; hit; ttl=376", _status.Hit(ttl: 376));
        Assert.Equal("LGA1; hit; ttl=-412; detail=memory", _status.Hit(ttl: -412, detail: "memory"));
    }

    [Theory]
    [InlineData(ForwardReason.Bypass, "bypass")]
    [InlineData(ForwardReason.Method, "method")]
    [InlineData(ForwardReason.UriMiss, "uri-miss")]
    [InlineData(ForwardReason.VaryMiss, "vary-miss")]
    [InlineData(ForwardReason.Miss, "miss")]
    [InlineData(ForwardReason.Request, "request")]
    [InlineData(ForwardReason.Stale, "stale")]
    [InlineData(ForwardReason.Partial, "partial")]
    public void Writes_every_reason(ForwardReason reason, string token) => Assert.Equal($"LGA1; fwd={token}", _status.Forwarded(reason));

    [Fact]
    public void Writes_all_parameters_of_a_forwarded_request() => Assert.Equal(
        "LGA1; fwd=stale; fwd-status=304; stored; collapsed; ttl=1; detail=\"feed is silent\"",
        _status.Forwarded(ForwardReason.Stale, 304, stored: true, collapsed: true, ttl: 1, detail: "feed is silent"));

    [Fact]
    public void Names_and_details_that_are_no_tokens_are_quoted()
    {
        Assert.Equal("\"edge \\\"1\\\"\"; hit; detail=\"a\\\\b?\"", new CacheStatus("edge \"1\"").Hit(detail: "a\\b\u00e9"));
        Assert.Equal("\"1st\"; hit; detail=\"\"", new CacheStatus("1st").Hit(detail: ""));
        Assert.Equal("edge.example:8080; hit", new CacheStatus("edge.example:8080").Hit());
    }

    [Fact]
    public void A_long_detail_is_kept_whole()
    {
        var detail = new string('x', 5_000);
        Assert.Equal("LGA1; hit; detail=" + detail, _status.Hit(detail: detail));
    }
}
