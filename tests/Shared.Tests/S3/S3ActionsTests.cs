using EdgeCache.Shared.S3;

namespace EdgeCache.Shared.Tests.S3;

public sealed class S3ActionsTests
{
    public static TheoryData<S3Operation> Operations => [.. Enum.GetValues<S3Operation>()];

    [Theory]
    [MemberData(nameof(Operations))]
    public void Every_operation_has_an_action(S3Operation operation)
    {
        Assert.StartsWith("s3:", S3Actions.For(operation, versionIdGiven: false), StringComparison.Ordinal);
        Assert.StartsWith("s3:", S3Actions.For(operation, versionIdGiven: true), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(S3Operation.GetObject, "s3:GetObject", "s3:GetObjectVersion")]
    [InlineData(S3Operation.HeadObject, "s3:GetObject", "s3:GetObjectVersion")]
    [InlineData(S3Operation.DeleteObject, "s3:DeleteObject", "s3:DeleteObjectVersion")]
    [InlineData(S3Operation.DeleteObjects, "s3:DeleteObject", "s3:DeleteObjectVersion")]
    [InlineData(S3Operation.GetObjectAcl, "s3:GetObjectAcl", "s3:GetObjectVersionAcl")]
    [InlineData(S3Operation.PutObject, "s3:PutObject", "s3:PutObject")]
    [InlineData(S3Operation.ListObjectsV2, "s3:ListBucket", "s3:ListBucket")]
    public void A_version_has_actions_of_its_own(S3Operation operation, string plain, string ofVersion)
    {
        Assert.Equal(plain, S3Actions.For(operation, versionIdGiven: false));
        Assert.Equal(ofVersion, S3Actions.For(operation, versionIdGiven: true));
    }
}
