using EdgeCache.Shared.S3;
using EdgeCache.Shared.SigV4;

namespace EdgeCache.Shared.Tests.SigV4;

public class PresignedParametersTests
{
    private const S3ErrorCode QueryError = S3ErrorCode.AuthorizationQueryParametersError;

    [Theory]
    [InlineData("X-Amz-Algorithm", null, QueryError)]
    [InlineData("X-Amz-Algorithm", "", QueryError)]
    [InlineData("X-Amz-Algorithm", "AWS4-HMAC-SHA1", QueryError)]
    [InlineData("X-Amz-Credential", null, QueryError)]
    [InlineData("X-Amz-Credential", "", QueryError)]
    [InlineData("X-Amz-Credential", "AKIA", QueryError)]
    [InlineData("X-Amz-Credential", "AKIA/20130524/us-east-1/ec2/aws4_request", QueryError)]
    [InlineData("X-Amz-Credential", "AKIA/20130523/us-east-1/s3/aws4_request", QueryError)]
    [InlineData("X-Amz-Credential", "%ff", QueryError)]
    [InlineData("X-Amz-Credential", "%", QueryError)]
    [InlineData("X-Amz-Date", null, QueryError)]
    [InlineData("X-Amz-Date", "", QueryError)]
    [InlineData("X-Amz-Date", "yesterday", QueryError)]
    [InlineData("X-Amz-Date", "Fri%2C%2024%20May%202013%2000%3A00%3A00%20GMT", QueryError)]
    [InlineData("X-Amz-Expires", null, QueryError)]
    [InlineData("X-Amz-Expires", "", QueryError)]
    [InlineData("X-Amz-Expires", "soon", QueryError)]
    [InlineData("X-Amz-Expires", "-1", QueryError)]
    [InlineData("X-Amz-Expires", "1.5", QueryError)]
    [InlineData("X-Amz-Expires", "604801", QueryError)]
    [InlineData("X-Amz-Expires", "99999999999999999999", QueryError)]
    [InlineData("X-Amz-SignedHeaders", null, QueryError)]
    [InlineData("X-Amz-SignedHeaders", "", QueryError)]
    [InlineData("X-Amz-SignedHeaders", "Host", QueryError)]
    [InlineData("X-Amz-SignedHeaders", "host%3Bhost", QueryError)]
    [InlineData("X-Amz-Signature", null, QueryError)]
    [InlineData("X-Amz-Signature", "", QueryError)]
    [InlineData("X-Amz-Content-Sha256", "abc", S3ErrorCode.InvalidArgument)]
    public void A_malformed_parameter_gets_its_error(string name, string? value, S3ErrorCode expected)
    {
        var request = With(name, value);

        Assert.Equal(expected, SigV4Parser.TryParse(request, out var claim)?.Code);
        Assert.Null(claim);
    }

    [Theory]
    [InlineData("X-Amz-Expires", "0")]
    [InlineData("X-Amz-Expires", "604800")]
    [InlineData("X-Amz-Content-Sha256", PayloadHash.Unsigned)]
    public void A_parameter_at_its_bound_is_taken(string name, string value)
    {
        Assert.Null(SigV4Parser.TryParse(With(name, value), out var claim));
        Assert.NotNull(claim);
    }

    [Fact]
    public void A_repeated_parameter_is_refused()
    {
        var request = DocumentedExamples.PresignedGet();
        request.RawQuery += "&X-Amz-Signature=0";

        Assert.Equal(QueryError, SigV4Parser.TryParse(request, out _)?.Code);
    }

    [Fact]
    public void Two_mechanisms_at_once_are_refused()
    {
        var request = DocumentedExamples.GetObject();
        request.RawQuery = DocumentedExamples.Presigned;

        Assert.Equal(S3ErrorCode.InvalidArgument, SigV4Parser.TryParse(request, out _)?.Code);
    }

    [Theory]
    [InlineData("AWSAccessKeyId=AKIA&Expires=1141889120&Signature=vjbyPxybdZaNmGa%2ByT272YEAiv4%3D", true)]
    [InlineData("Signature=mine", false)]
    [InlineData("AWSAccessKeyId=mine", false)]
    [InlineData("X-Amz-Expires=60&X-Amz-Date=now", false)]
    public void Version_2_is_told_that_version_4_is_needed(string query, bool isVersion2)
    {
        var request = new TestRequest { RawQuery = query };

        Assert.Equal(isVersion2 ? S3ErrorCode.InvalidRequest : null, SigV4Parser.TryParse(request, out var claim)?.Code);
        Assert.Null(claim);
    }

    [Fact]
    public void Escaped_parameter_names_are_recognised()
    {
        var request = DocumentedExamples.PresignedGet();
        request.RawQuery = request.RawQuery.Replace("X-Amz-Signature", "X%2DAmz-Signature", StringComparison.Ordinal);

        Assert.Null(SigV4Parser.TryParse(request, out var claim));
        Assert.Null(SigV4Verifier.Verify(request, claim!, DocumentedExamples.Key, DocumentedExamples.Time));
    }

    private static TestRequest With(string name, string? value)
    {
        var request = DocumentedExamples.PresignedGet();
        var parts = request.RawQuery.Split('&').Where(part => !part.StartsWith(name + "=", StringComparison.Ordinal));
        request.RawQuery = string.Join('&', value is null ? parts : parts.Append($"{name}={value}"));
        return request;
    }
}
