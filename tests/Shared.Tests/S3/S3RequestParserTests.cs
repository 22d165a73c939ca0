using EdgeCache.Shared.S3;

namespace EdgeCache.Shared.Tests.S3;

public sealed class S3RequestParserTests
{
    private static readonly S3HostOptions Hosts = S3HostOptions.ForDomain("example.com", ["ord1", "LAS1"], "localhost", "s3.internal:8080", "[::1]:9000");

    [Theory]
    // Path style: the base hosts themselves, addresses, unknown hosts.
    [InlineData("localhost", "/bkt/key", "bkt", "key", false, null)]
    [InlineData("localhost:9000", "/bkt/key", "bkt", "key", false, null)]
    [InlineData("LOCALHOST:9000", "/bkt/key", "bkt", "key", false, null)]
    [InlineData("localhost.:9000", "/bkt/key", "bkt", "key", false, null)]
    [InlineData("127.0.0.1:9000", "/bkt/key", "bkt", "key", false, null)]
    [InlineData("[::1]:9000", "/bkt/key", "bkt", "key", false, null)]
    [InlineData("[2001:db8::7]", "/bkt/key", "bkt", "key", false, null)]
    [InlineData("[2001:db8::7", "/bkt/key", "bkt", "key", false, null)]
    [InlineData("elsewhere.test", "/bkt/key", "bkt", "key", false, null)]
    [InlineData("notlocalhost", "/bkt/key", "bkt", "key", false, null)]
    [InlineData(null, "/bkt/key", "bkt", "key", false, null)]
    [InlineData("", "/bkt/key", "bkt", "key", false, null)]
    [InlineData("s3.internal", "/bkt/key", "bkt", "key", false, null)]
    [InlineData("accel-object.example.com", "/bkt/key", "bkt", "key", false, null)]
    [InlineData("accel-object.ord1.example.com", "/bkt/key", "bkt", "key", false, "ORD1")]
    [InlineData("object.las1.example.com:443", "/bkt/key", "bkt", "key", false, "LAS1")]
    // Virtual-hosted.
    [InlineData("bkt.localhost:9000", "/key", "bkt", "key", true, null)]
    [InlineData("BKT.localhost", "/key", "bkt", "key", true, null)]
    [InlineData("b.k.t.localhost", "/key", "b.k.t", "key", true, null)]
    [InlineData("bkt.s3.internal:8080", "/key", "bkt", "key", true, null)]
    [InlineData("bkt.accel-object.example.com", "/key", "bkt", "key", true, null)]
    [InlineData("bkt.accel-object.Ord1.example.com", "/key", "bkt", "key", true, "ORD1")]
    [InlineData("my.bkt.object.las1.example.com", "/key", "my.bkt", "key", true, "LAS1")]
    [InlineData("bkt.localhost", "/", "bkt", "", true, null)]
    [InlineData("bkt.localhost", "//key", "bkt", "/key", true, null)]
    [InlineData("bkt.localhost", "/bkt/key", "bkt", "bkt/key", true, null)]
    // Keys.
    [InlineData("localhost", "/bkt//key", "bkt", "/key", false, null)]
    [InlineData("localhost", "/bkt/a//b/../c/./", "bkt", "a//b/../c/./", false, null)]
    [InlineData("localhost", "/bkt/a+b%2Bc%20d", "bkt", "a+b+c d", false, null)]
    [InlineData("localhost", "/bkt/%2Fa%2fb", "bkt", "/a/b", false, null)]
    [InlineData("localhost", "/bkt/%2541", "bkt", "%41", false, null)]
    [InlineData("localhost", "/bkt/%E2%82%AC%0A%01", "bkt", "€\n\u0001", false, null)]
    [InlineData("localhost", "/b%6Bt/", "bkt", "", false, null)]
    public void Reads_bucket_key_and_region(string? host, string path, string bucket, string key, bool virtualHosted, string? region)
    {
        Assert.Null(S3RequestParser.TryParse("GET", host, path, "", false, Hosts, out var request));
        Assert.Equal((bucket, key, virtualHosted, region), (request!.Bucket, request.Key, request.VirtualHosted, request.HostRegion));
    }

    [Fact]
    public void A_lone_accelerated_name_is_not_taken_for_a_region() =>
        Assert.Null(Parse("accel-object.example.com", new S3HostOptions(["accel-object.example.com"])).HostRegion);

    [Fact]
    public void An_accelerated_name_beside_its_regional_one_is_a_region() =>
        Assert.Equal("ORD1", Parse("accel-object.ord1.localhost", new S3HostOptions(["accel-object.ord1.localhost", "object.ord1.localhost"])).HostRegion);

    [Theory]
    [InlineData(1024, null)]
    [InlineData(1025, S3ErrorCode.KeyTooLongError)]
    [InlineData(100_000, S3ErrorCode.KeyTooLongError)]
    public void Keys_are_limited_in_bytes(int bytes, S3ErrorCode? expected)
    {
        var path = "/bkt/" + string.Concat(Enumerable.Repeat("%C3%A9", bytes / 2)) + (bytes % 2 == 1 ? "x" : "");
        var error = S3RequestParser.TryParse("PUT", "localhost", path, "", false, Hosts, out _);
        Assert.Equal(expected, error?.Code);
    }

    [Fact]
    public void Query_values_are_decoded_once()
    {
        Assert.Null(S3RequestParser.TryParse("GET", "localhost", "/bkt", "?prefix=a%2520b+c&prefix=second", false, Hosts, out var request));
        Assert.Equal("a%20b c", request!.Query.Get("prefix"));
    }

    [Fact]
    public void Too_many_parameters_are_refused()
    {
        var query = string.Join('&', Enumerable.Range(0, S3Query.MaxParameters + 1).Select(static i => $"p{i}=1"));
        Assert.Equal(S3ErrorCode.InvalidURI, S3RequestParser.TryParse("GET", "localhost", "/bkt", query, false, Hosts, out _)!.Code);
    }

    private static S3Request Parse(string host, S3HostOptions hosts)
    {
        Assert.Null(S3RequestParser.TryParse("GET", host, "/bkt/key", "", false, hosts, out var request));
        return request!;
    }
}
