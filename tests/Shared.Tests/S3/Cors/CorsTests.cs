using System.Text;
using EdgeCache.Shared.S3;
using EdgeCache.Shared.S3.Cors;

namespace EdgeCache.Shared.Tests.S3.Cors;

public sealed class CorsTests
{
    private const string Good = "<CORSRule><AllowedOrigin>https://*.example.com</AllowedOrigin><AllowedMethod>GET</AllowedMethod><AllowedMethod>PUT</AllowedMethod>" +
        "<AllowedHeader>x-amz-*</AllowedHeader><ExposeHeader>ETag</ExposeHeader><MaxAgeSeconds>60</MaxAgeSeconds></CORSRule>";

    [Theory]
    [InlineData("https://a.example.com", "GET", null, "https://a.example.com")]
    [InlineData("https://.example.com", "PUT", "X-Amz-Date, x-amz-meta-a", "https://.example.com")]
    [InlineData("https://example.com", "GET", null, null)]
    [InlineData("https://a.example.com.evil", "GET", null, null)]
    [InlineData("HTTPS://a.example.com", "GET", null, null)]
    [InlineData("https://a.example.com", "DELETE", null, null)]
    [InlineData("https://a.example.com", "get", null, null)]
    [InlineData("https://a.example.com", "GET", "x-amz-date, content-type", null)]
    public void A_preflight_is_answered_by_the_first_rule_that_fits(string origin, string method, string? headers, string? allowed)
    {
        var set = new Dictionary<string, string>();
        var refused = CorsAnswer.Preflight(Parse(Good), origin, method, headers, isObject: true, set.Add);
        Assert.Equal(allowed is null, refused is { Code: S3ErrorCode.AccessForbidden });
        Assert.Equal(allowed, set.GetValueOrDefault("Access-Control-Allow-Origin"));
        if (allowed is not null)
        {
            Assert.Equal("GET, PUT", set["Access-Control-Allow-Methods"]);
            Assert.Equal("ETag", set["Access-Control-Expose-Headers"]);
            Assert.Equal("60", set["Access-Control-Max-Age"]);
            Assert.Equal("true", set["Access-Control-Allow-Credentials"]);
            Assert.Equal(headers?.ToLowerInvariant(), set.GetValueOrDefault("Access-Control-Allow-Headers"));
            Assert.Equal("Origin, Access-Control-Request-Headers, Access-Control-Request-Method", set["Vary"]);
        }
    }

    [Fact]
    public void A_wildcard_names_nobody()
    {
        var set = new Dictionary<string, string>();
        CorsAnswer.Describe(
            Parse("<CORSRule><AllowedOrigin>*</AllowedOrigin><AllowedMethod>GET</AllowedMethod></CORSRule>"), "https://a.test", "GET", set.Add);
        Assert.Equal("*", set["Access-Control-Allow-Origin"]);
        Assert.DoesNotContain("Access-Control-Allow-Credentials", set.Keys);
    }

    [Fact]
    public void Without_a_configuration_nothing_is_told()
    {
        CorsAnswer.Describe(null, "https://a.test", "GET", static (name, _) => Assert.Fail(name));
        Assert.Equal(S3ErrorCode.AccessForbidden, CorsAnswer.Preflight(null, "https://a.test", "GET", null, isObject: false, static (_, _) => { })!.Code);
    }

    [Theory]
    [InlineData("", "MalformedXML")]
    [InlineData("<CORSRule><AllowedOrigin>*</AllowedOrigin></CORSRule>", "MalformedXML")]
    [InlineData("<CORSRule><AllowedMethod>GET</AllowedMethod></CORSRule>", "MalformedXML")]
    [InlineData("<CORSRule><AllowedOrigin>*</AllowedOrigin><AllowedMethod>GET</AllowedMethod><Other/></CORSRule>", "MalformedXML")]
    [InlineData("<CORSRule><AllowedOrigin>*</AllowedOrigin><AllowedMethod>GET</AllowedMethod><MaxAgeSeconds>-1</MaxAgeSeconds></CORSRule>", "MalformedXML")]
    [InlineData("<CORSRule><AllowedOrigin>*</AllowedOrigin><AllowedMethod>PATCH</AllowedMethod></CORSRule>", "InvalidRequest")]
    [InlineData("<CORSRule><AllowedOrigin>*.a.*</AllowedOrigin><AllowedMethod>GET</AllowedMethod></CORSRule>", "InvalidRequest")]
    [InlineData("<CORSRule><AllowedOrigin>*</AllowedOrigin><AllowedMethod>GET</AllowedMethod><AllowedHeader>*-*</AllowedHeader></CORSRule>", "InvalidRequest")]
    [InlineData("<CORSRule><AllowedOrigin>*</AllowedOrigin><AllowedMethod>GET</AllowedMethod><ExposeHeader>x-*</ExposeHeader></CORSRule>", "InvalidRequest")]
    [InlineData("<CORSRule><AllowedOrigin>a&#10;b</AllowedOrigin><AllowedMethod>GET</AllowedMethod></CORSRule>", "MalformedXML")]
    public void What_no_configuration_can_be_is_refused(string rules, string code) =>
        Assert.Equal(code, CorsConfiguration.Parse(Document(rules)).Error?.Code.ToString());

    [Fact]
    public void There_are_at_most_a_hundred_rules()
    {
        Assert.Null(CorsConfiguration.Parse(Document(string.Concat(Enumerable.Repeat(Good, CorsConfiguration.MaxRules)))).Error);
        Assert.Equal(
            S3ErrorCode.MalformedXML, CorsConfiguration.Parse(Document(string.Concat(Enumerable.Repeat(Good, CorsConfiguration.MaxRules + 1)))).Error!.Code);
    }

    private static CorsConfiguration Parse(string rules) => CorsConfiguration.Parse(Document(rules)).Value!;

    private static byte[] Document(string rules) => Encoding.UTF8.GetBytes($"<CORSConfiguration>{rules}</CORSConfiguration>");
}
