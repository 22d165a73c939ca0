using EdgeCache.Shared.S3;
using EdgeCache.Shared.SigV4;

namespace EdgeCache.Shared.Tests.SigV4;

public class AuthorizationHeaderTests
{
    private const string Credential = "Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request";
    private const string Headers = "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date";
    private const string Signature = "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41";
    private const string Good = $"AWS4-HMAC-SHA256 {Credential},{Headers},{Signature}";

    [Theory]
    // Other schemes.
    [InlineData("Basic dXNlcjpwYXNz", S3ErrorCode.InvalidArgument)]
    [InlineData("Bearer token", S3ErrorCode.InvalidArgument)]
    [InlineData("HAHAHA", S3ErrorCode.InvalidArgument)]
    [InlineData("\u0007", S3ErrorCode.InvalidArgument)]
    [InlineData($"aws4-hmac-sha256 {Credential},{Headers},{Signature}", S3ErrorCode.InvalidArgument)]
    [InlineData($"AWS4-HMAC-SHA1 {Credential},{Headers},{Signature}", S3ErrorCode.InvalidArgument)]
    [InlineData($"AWS4-ECDSA-P256-SHA256 {Credential},{Headers},{Signature}", S3ErrorCode.InvalidArgument)]
    [InlineData($"AWS4-HMAC-SHA256{Credential},{Headers},{Signature}", S3ErrorCode.InvalidArgument)]
    [InlineData("AWS AKIAIOSFODNN7EXAMPLE:frJIUN8DYpKDtOLCwo//yllqDzg=", S3ErrorCode.InvalidRequest)]
    [InlineData("AWS HAHAHA", S3ErrorCode.InvalidArgument)]
    [InlineData("AWS", S3ErrorCode.InvalidArgument)]
    // Parts missing, repeated, unknown.
    [InlineData("AWS4-HMAC-SHA256", S3ErrorCode.AuthorizationHeaderMalformed)]
    [InlineData("AWS4-HMAC-SHA256 ", S3ErrorCode.AuthorizationHeaderMalformed)]
    [InlineData("AWS4-HMAC-SHA256 rubbish", S3ErrorCode.AuthorizationHeaderMalformed)]
    [InlineData("AWS4-HMAC-SHA256 ,,,", S3ErrorCode.AuthorizationHeaderMalformed)]
    [InlineData($"AWS4-HMAC-SHA256 {Headers},{Signature}", S3ErrorCode.AuthorizationHeaderMalformed)]
    [InlineData($"AWS4-HMAC-SHA256 {Credential},{Signature}", S3ErrorCode.AuthorizationHeaderMalformed)]
    [InlineData($"AWS4-HMAC-SHA256 {Credential},{Headers}", S3ErrorCode.AuthorizationHeaderMalformed)]
    [InlineData($"AWS4-HMAC-SHA256 {Credential} {Headers} {Signature}", S3ErrorCode.AuthorizationHeaderMalformed)]
    [InlineData($"AWS4-HMAC-SHA256 {Credential},{Headers},{Signature},", S3ErrorCode.AuthorizationHeaderMalformed)]
    [InlineData($"AWS4-HMAC-SHA256 {Credential},{Headers},{Signature},{Signature}", S3ErrorCode.AuthorizationHeaderMalformed)]
    [InlineData($"AWS4-HMAC-SHA256 {Credential},{Credential},{Headers},{Signature}", S3ErrorCode.AuthorizationHeaderMalformed)]
    [InlineData($"AWS4-HMAC-SHA256 {Credential},{Headers},{Signature},Extra=1", S3ErrorCode.AuthorizationHeaderMalformed)]
    [InlineData($"AWS4-HMAC-SHA256 {Credential},{Headers},Signature=", S3ErrorCode.AuthorizationHeaderMalformed)]
    [InlineData($"AWS4-HMAC-SHA256 credential=a/20130524/r/s3/aws4_request,{Headers},{Signature}", S3ErrorCode.AuthorizationHeaderMalformed)]
    // The credential.
    [InlineData($"AWS4-HMAC-SHA256 Credential=,{Headers},{Signature}", S3ErrorCode.AuthorizationHeaderMalformed)]
    [InlineData($"AWS4-HMAC-SHA256 Credential=AKIA,{Headers},{Signature}", S3ErrorCode.AuthorizationHeaderMalformed)]
    [InlineData($"AWS4-HMAC-SHA256 Credential=/20130524/r/s3/aws4_request,{Headers},{Signature}", S3ErrorCode.AuthorizationHeaderMalformed)]
    [InlineData($"AWS4-HMAC-SHA256 Credential=AK IA/20130524/r/s3/aws4_request,{Headers},{Signature}", S3ErrorCode.AuthorizationHeaderMalformed)]
    [InlineData($"AWS4-HMAC-SHA256 Credential=AKIA/20130524/r/s3,{Headers},{Signature}", S3ErrorCode.AuthorizationHeaderMalformed)]
    [InlineData($"AWS4-HMAC-SHA256 Credential=AK/IA/20130524/r/s3/aws4_request,{Headers},{Signature}", S3ErrorCode.AuthorizationHeaderMalformed)]
    [InlineData($"AWS4-HMAC-SHA256 Credential=AKIA/20130524//s3/aws4_request,{Headers},{Signature}", S3ErrorCode.AuthorizationHeaderMalformed)]
    [InlineData($"AWS4-HMAC-SHA256 Credential=AKIA/2013-05-24/r/s3/aws4_request,{Headers},{Signature}", S3ErrorCode.AuthorizationHeaderMalformed)]
    [InlineData($"AWS4-HMAC-SHA256 Credential=AKIA/201305/r/s3/aws4_request,{Headers},{Signature}", S3ErrorCode.AuthorizationHeaderMalformed)]
    [InlineData($"AWS4-HMAC-SHA256 Credential=AKIA/20130525/r/s3/aws4_request,{Headers},{Signature}", S3ErrorCode.AuthorizationHeaderMalformed)]
    [InlineData($"AWS4-HMAC-SHA256 Credential=AKIA/20130524/r/ec2/aws4_request,{Headers},{Signature}", S3ErrorCode.AuthorizationHeaderMalformed)]
    [InlineData($"AWS4-HMAC-SHA256 Credential=AKIA/20130524/r/s3/aws5_request,{Headers},{Signature}", S3ErrorCode.AuthorizationHeaderMalformed)]
    // The signed headers.
    [InlineData($"AWS4-HMAC-SHA256 {Credential},SignedHeaders=,{Signature}", S3ErrorCode.AuthorizationHeaderMalformed)]
    [InlineData($"AWS4-HMAC-SHA256 {Credential},SignedHeaders=;,{Signature}", S3ErrorCode.AuthorizationHeaderMalformed)]
    [InlineData($"AWS4-HMAC-SHA256 {Credential},SignedHeaders=host;;range,{Signature}", S3ErrorCode.AuthorizationHeaderMalformed)]
    [InlineData($"AWS4-HMAC-SHA256 {Credential},SignedHeaders=host;range;host,{Signature}", S3ErrorCode.AuthorizationHeaderMalformed)]
    [InlineData($"AWS4-HMAC-SHA256 {Credential},SignedHeaders=Host,{Signature}", S3ErrorCode.AuthorizationHeaderMalformed)]
    [InlineData($"AWS4-HMAC-SHA256 {Credential},SignedHeaders=ho st,{Signature}", S3ErrorCode.AuthorizationHeaderMalformed)]
    public void A_malformed_header_gets_its_error(string authorization, S3ErrorCode expected)
    {
        var request = DocumentedExamples.GetObject();
        request.Headers["authorization"] = authorization;

        Assert.Equal(expected, SigV4Parser.TryParse(request, out var claim)?.Code);
        Assert.Null(claim);
    }

    [Theory]
    [InlineData(Good)]
    [InlineData($"AWS4-HMAC-SHA256  {Credential} , {Headers} , {Signature} ")]
    [InlineData($"AWS4-HMAC-SHA256\t{Signature},\t{Headers},{Credential}")]
    public void Blanks_and_order_do_not_matter(string authorization)
    {
        var request = DocumentedExamples.GetObject();
        request.Headers["authorization"] = authorization;

        Assert.Null(SigV4Parser.TryParse(request, out var claim));
        Assert.Null(SigV4Verifier.Verify(request, claim!, DocumentedExamples.Key, DocumentedExamples.Time));
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData(null)]
    public void Without_a_header_the_request_is_anonymous(string? authorization)
    {
        var request = DocumentedExamples.GetObject();
        request.Headers.Remove("authorization");
        if (authorization is not null)
        {
            request.Headers["authorization"] = authorization;
        }

        Assert.Null(SigV4Parser.TryParse(request, out var claim));
        Assert.Null(claim);
    }

    [Theory]
    [InlineData("x-amz-content-sha256", null, S3ErrorCode.InvalidRequest)]
    [InlineData("x-amz-content-sha256", "", S3ErrorCode.InvalidRequest)]
    [InlineData("x-amz-content-sha256", "e3b0", S3ErrorCode.InvalidArgument)]
    [InlineData("x-amz-content-sha256", "unsigned-payload", S3ErrorCode.InvalidArgument)]
    [InlineData("x-amz-content-sha256", "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD", S3ErrorCode.InvalidArgument)]
    [InlineData("x-amz-date", null, S3ErrorCode.AccessDenied)]
    [InlineData("x-amz-date", "", S3ErrorCode.AccessDenied)]
    [InlineData("x-amz-date", "2013-05-24T00:00:00Z", S3ErrorCode.AccessDenied)]
    [InlineData("x-amz-date", "20131324T000000Z", S3ErrorCode.AccessDenied)]
    [InlineData("x-amz-date", "20130525T000000Z", S3ErrorCode.AuthorizationHeaderMalformed)]
    public void A_header_that_the_signature_needs_is_checked(string name, string? value, S3ErrorCode expected)
    {
        var request = DocumentedExamples.GetObject();
        request.Headers.Remove(name);
        if (value is not null)
        {
            request.Headers[name] = value;
        }

        Assert.Equal(expected, SigV4Parser.TryParse(request, out _)?.Code);
    }

    [Theory]
    [InlineData("Fri, 24 May 2013 00:00:00 GMT")]
    [InlineData("Fri, 24 May 2013 00:00:00 -0000")]
    public void The_date_header_stands_in_for_x_amz_date(string date)
    {
        var request = DocumentedExamples.GetObject();
        request.Headers.Remove("x-amz-date");
        request.Headers["date"] = date;

        Assert.Null(SigV4Parser.TryParse(request, out var claim));
        Assert.Equal(DocumentedExamples.Time, claim!.SignedAt);
    }

    [Theory]
    [InlineData(PayloadHash.Unsigned, PayloadKind.Unsigned)]
    [InlineData(PayloadHash.Empty, PayloadKind.Hash)]
    [InlineData(PayloadHash.StreamingSigned, PayloadKind.StreamingSigned)]
    [InlineData(PayloadHash.StreamingSignedTrailer, PayloadKind.StreamingSignedTrailer)]
    [InlineData(PayloadHash.StreamingUnsignedTrailer, PayloadKind.StreamingUnsignedTrailer)]
    public void Every_payload_kind_is_recognised(string value, PayloadKind expected)
    {
        var request = DocumentedExamples.GetObject();
        request.Headers["x-amz-content-sha256"] = value;

        Assert.Null(SigV4Parser.TryParse(request, out var claim));
        Assert.Equal((expected, value), (claim!.PayloadKind, claim.PayloadHash));
    }

    [Fact]
    public void Too_many_signed_headers_or_parameters_are_refused()
    {
        var request = DocumentedExamples.GetObject();
        request.Headers["authorization"] =
            Good.Replace("SignedHeaders=host", "SignedHeaders=host;" + string.Join(';', Enumerable.Range(0, 130).Select(i => $"h{i:000}")), StringComparison.Ordinal);
        Assert.Equal(S3ErrorCode.AuthorizationHeaderMalformed, SigV4Parser.TryParse(request, out _)?.Code);

        request = DocumentedExamples.GetObject();
        request.RawQuery = new string('&', 256);
        Assert.Equal(S3ErrorCode.InvalidRequest, SigV4Parser.TryParse(request, out _)?.Code);
    }

    [Fact]
    public void A_session_token_is_passed_on()
    {
        var request = DocumentedExamples.GetObject().With("x-amz-security-token", "token");

        Assert.Null(SigV4Parser.TryParse(request, out var claim));
        Assert.Equal("token", claim!.SecurityToken);
    }
}
