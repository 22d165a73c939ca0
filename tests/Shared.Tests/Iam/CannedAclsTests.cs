using EdgeCache.Shared.Iam;
using EdgeCache.Shared.S3;

namespace EdgeCache.Shared.Tests.Iam;

public sealed class CannedAclsTests
{
    public static TheoryData<CannedAcl> All => [.. Enum.GetValues<CannedAcl>()];

    [Theory]
    [MemberData(nameof(All))]
    public void Names_round_trip(CannedAcl acl)
    {
        Assert.Null(CannedAcls.TryParse(CannedAcls.Name(acl), out var parsed));
        Assert.Equal(acl, parsed);
    }

    [Theory]
    [InlineData("Public-Read")]
    [InlineData("log-delivery-write")]
    [InlineData("public-ready")]
    public void Unknown_names_are_refused(string name) =>
        Assert.Equal(S3ErrorCode.InvalidArgument, CannedAcls.TryParse(name, out _)!.Code);

    [Fact]
    public void Headers_default_to_private_and_refuse_single_grants()
    {
        Assert.Null(CannedAcls.TryParseHeaders(static _ => null, out var acl));
        Assert.Equal(CannedAcl.Private, acl);
        Assert.Null(CannedAcls.TryParseHeaders(static name => name == "x-amz-acl" ? "public-read" : null, out acl));
        Assert.Equal(CannedAcl.PublicRead, acl);
        Assert.Equal(S3ErrorCode.NotImplemented, CannedAcls.TryParseHeaders(static name => name == "x-amz-grant-read" ? "id=x" : null, out _)!.Code);
    }
}
