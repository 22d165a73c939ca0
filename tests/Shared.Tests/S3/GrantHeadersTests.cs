using EdgeCache.Shared.Iam;
using EdgeCache.Shared.S3;

namespace EdgeCache.Shared.Tests.S3;

public sealed class GrantHeadersTests
{
    [Fact]
    public void Without_the_headers_there_are_no_grants()
    {
        Assert.Null(GrantHeaders.TryParse(static _ => null, out var grants));
        Assert.Null(grants);
    }

    [Theory]
    [InlineData("id=\"a\"", "Organization:a")]
    [InlineData("id=a", "Organization:a")]
    [InlineData(" ID = \"a\" , id=\"b\"", "Organization:a Organization:b")]
    [InlineData("uri=\"http://acs.amazonaws.com/groups/global/AllUsers\"", "AllUsers:")]
    [InlineData("uri=http://acs.amazonaws.com/groups/global/AuthenticatedUsers", "AuthenticatedUsers:")]
    public void Grantees_are_read(string value, string expected)
    {
        Assert.Null(GrantHeaders.TryParse(name => name == "x-amz-grant-write-acp" ? value : null, out var grants));
        Assert.All(grants!.Value, static g => Assert.Equal(AclPermission.WriteAcp, g.Permission));
        Assert.Equal(expected, string.Join(' ', grants.Value.Select(static g => $"{g.Grantee.Kind}:{g.Grantee.Id}")));
    }

    [Theory]
    [InlineData("a", S3ErrorCode.InvalidArgument)]
    [InlineData("id=", S3ErrorCode.InvalidArgument)]
    [InlineData("name=a", S3ErrorCode.InvalidArgument)]
    [InlineData("uri=http://acs.amazonaws.com/groups/s3/LogDelivery", S3ErrorCode.InvalidArgument)]
    [InlineData("emailAddress=a@b", S3ErrorCode.UnresolvableGrantByEmailAddress)]
    public void Others_are_refused(string value, S3ErrorCode expected)
    {
        Assert.Equal(expected, GrantHeaders.TryParse(name => name == "x-amz-grant-read" ? value : null, out var grants)!.Code);
        Assert.Null(grants);
    }

    [Fact]
    public void Their_number_is_limited()
    {
        var value = string.Join(',', Enumerable.Range(0, GrantHeaders.MaxGrants + 1).Select(static i => $"id=o{i}"));
        Assert.Equal(S3ErrorCode.InvalidRequest, GrantHeaders.TryParse(name => name == "x-amz-grant-read" ? value : null, out _)!.Code);
    }
}
