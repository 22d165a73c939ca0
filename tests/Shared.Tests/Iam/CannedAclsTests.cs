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
}
