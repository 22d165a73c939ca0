using System.Text;
using EdgeCache.Shared.SigV4;

namespace EdgeCache.Shared.Tests.SigV4;

/// <summary>S3's own way with paths and queries: what clients escape differently is the same, and nothing is normalised.</summary>
public class S3PathTests
{
    [Theory]
    [InlineData("", "/")]
    [InlineData("/", "/")]
    [InlineData("/a/b.txt", "/a/b.txt")]
    [InlineData("/a//b/", "/a//b/")]
    [InlineData("//", "//")]
    [InlineData("/a/../b/./c", "/a/../b/./c")]
    [InlineData("/a+b=c,d:e@f&g;h$i!j*k'(l)", "/a%2Bb%3Dc%2Cd%3Ae%40f%26g%3Bh%24i%21j%2Ak%27%28l%29")]
    [InlineData("/a%2Bb%3dc%2C", "/a%2Bb%3Dc%2C")]
    [InlineData("/%41%7e~-._", "/A~~-._")]
    [InlineData("/a%2Fb", "/a/b")]
    [InlineData("/a%20b c", "/a%20b%20c")]
    [InlineData("/caf%C3%A9", "/caf%C3%A9")]
    [InlineData("/café/😀", "/caf%C3%A9/%F0%9F%98%80")]
    [InlineData("/100%", "/100%25")]
    [InlineData("/%zz%4", "/%25zz%254")]
    [InlineData("/%2541", "/%2541")]
    [InlineData("/%FF%00", "/%FF%00")]
    public void A_path_is_decoded_and_encoded_once(string rawPath, string expected)
    {
        var buffer = new CanonicalBuffer([]);
        CanonicalUri.AppendPath(ref buffer, rawPath, PathRule.S3);
        Assert.Equal(expected, Encoding.UTF8.GetString(buffer.Written));
        buffer.Dispose();
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("acl", "acl=")]
    [InlineData("acl=", "acl=")]
    [InlineData("b=2&a=1", "a=1&b=2")]
    [InlineData("a=2&a=1&a", "a=&a=1&a=2")]
    [InlineData("a-=1&a=2", "a=2&a-=1")]
    [InlineData("b=1&B=2", "B=2&b=1")]
    [InlineData("&&a=1&", "a=1")]
    [InlineData("prefix=a/b c+d%20e%2Fé", "prefix=a%2Fb%20c%20d%20e%2F%C3%A9")]
    [InlineData("a=b=c", "a=b%3Dc")]
    [InlineData("X-Amz-Signature=0&z=1", "z=1")]
    [InlineData("X-Amz%2DSignature=0&z=1", "z=1")]
    [InlineData("x-amz-signature=0", "x-amz-signature=0")]
    public void A_query_is_sorted_and_encoded_once(string rawQuery, string expected)
    {
        var buffer = new CanonicalBuffer([]);
        CanonicalQuery.Append(ref buffer, rawQuery);
        Assert.Equal(expected, Encoding.UTF8.GetString(buffer.Written));
        buffer.Dispose();
    }
}
