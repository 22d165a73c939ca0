using EdgeCache.Shared.S3;
using EdgeCache.Shared.SigV4;

namespace EdgeCache.Shared.Tests.SigV4;

public class SigV4VerifierTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData(-901, S3ErrorCode.RequestTimeTooSkewed)]
    [InlineData(-900, null)]
    [InlineData(0, null)]
    [InlineData(900, null)]
    [InlineData(901, S3ErrorCode.RequestTimeTooSkewed)]
    public void A_signed_request_is_good_for_a_quarter_of_an_hour(int seconds, S3ErrorCode? expected) =>
        Assert.Equal(expected, Verify(DocumentedExamples.GetObject(), DocumentedExamples.Time + (seconds * Second))?.Code);

    [Theory]
    [InlineData(-901, "Request is not valid yet")]
    [InlineData(-900, null)]
    [InlineData(86_399, null)]
    [InlineData(86_400, "Request has expired")]
    [InlineData(10_000_000, "Request has expired")]
    public void A_presigned_request_is_good_until_it_expires(int seconds, string? expected)
    {
        var error = Verify(DocumentedExamples.PresignedGet(), DocumentedExamples.Time + (seconds * Second));

        Assert.Equal(expected, error?.Message);
        Assert.Equal(expected is null ? null : S3ErrorCode.AccessDenied, error?.Code);
    }

    [Theory]
    [InlineData("00010101T000000Z", "00010101")]
    [InlineData("99991231T235959Z", "99991231")]
    public void Dates_at_the_ends_of_time_are_only_skewed(string timestamp, string date)
    {
        var request = DocumentedExamples.GetObject();
        request.Headers["x-amz-date"] = timestamp;
        request.Headers["authorization"] = request.Headers["authorization"].Replace("20130524", date, StringComparison.Ordinal);
        Assert.Equal(S3ErrorCode.RequestTimeTooSkewed, Verify(request, DocumentedExamples.Time)?.Code);

        var presigned = DocumentedExamples.PresignedGet();
        presigned.RawQuery = presigned.RawQuery.Replace("20130524T000000Z", timestamp, StringComparison.Ordinal).Replace("20130524", date, StringComparison.Ordinal);
        Assert.Equal(S3ErrorCode.AccessDenied, Verify(presigned, DocumentedExamples.Time)?.Code);
    }

    [Theory]
    [InlineData("x-amz-acl")]
    [InlineData("x-amz-security-token")]
    [InlineData("X-Amz-Meta-A")]
    public void An_unsigned_amz_header_is_refused(string name)
    {
        foreach (var request in (TestRequest[])[DocumentedExamples.GetObject(), DocumentedExamples.PresignedGet()])
        {
            request.Headers[name] = "v";

            var error = Verify(request, DocumentedExamples.Time);

            Assert.Equal(S3ErrorCode.AccessDenied, error?.Code);
            Assert.Equal("There were headers present in the request which were not signed", error?.Message);
            Assert.Contains(new("HeadersNotSigned", name.ToLowerInvariant()), error!.Details!);
        }
    }

    [Fact]
    public void The_host_must_be_signed()
    {
        var request = DocumentedExamples.GetObject();
        request.Headers["authorization"] = request.Headers["authorization"].Replace("host;", string.Empty, StringComparison.Ordinal);

        Assert.Equal(S3ErrorCode.AccessDenied, Verify(request, DocumentedExamples.Time)?.Code);
    }

    [Theory]
    [InlineData("f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb4")]
    [InlineData("F0E8BDB87C964420E857BD35B5D6ED310BD44F0170ABA48DD91039C6036BDB41")]
    [InlineData("f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb410")]
    [InlineData("f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb4ñ")]
    [InlineData("0")]
    public void A_signature_of_another_form_does_not_match(string signature)
    {
        var request = DocumentedExamples.GetObject();
        var authorization = request.Headers["authorization"];
        request.Headers["authorization"] = authorization[..(authorization.LastIndexOf('=') + 1)] + signature;

        Assert.Equal(S3ErrorCode.SignatureDoesNotMatch, Verify(request, DocumentedExamples.Time)?.Code);
    }

    [Fact]
    public void A_mismatch_shows_what_was_signed_here()
    {
        var request = DocumentedExamples.GetObject();
        request.Headers["range"] = "bytes=0-10\u0001";

        var details = Verify(request, DocumentedExamples.Time)!.Details!.ToDictionary();

        Assert.Equal(DocumentedExamples.AccessKeyId, details["AWSAccessKeyId"]);
        Assert.StartsWith("AWS4-HMAC-SHA256\n20130524T000000Z\n20130524/us-east-1/s3/aws4_request\n", details["StringToSign"], StringComparison.Ordinal);
        Assert.Contains("\nrange:bytes=0-10?\n", details["CanonicalRequest"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bytes=0-9", true)]
    [InlineData("  bytes=0-9\t", true)]
    [InlineData("bytes= 0-9", false)]
    public void Outer_blanks_of_header_values_do_not_count(string range, bool isSame)
    {
        var request = DocumentedExamples.GetObject();
        request.Headers["range"] = range;

        Assert.Equal(isSame, Verify(request, DocumentedExamples.Time) is null);
    }

    [Fact]
    public void A_presigned_request_signs_its_body_only_through_a_signed_header()
    {
        var request = DocumentedExamples.PresignedGet();
        request.RawQuery = request.RawQuery.Replace("SignedHeaders=host", "SignedHeaders=host%3Bx-amz-content-sha256", StringComparison.Ordinal);
        request.Headers["x-amz-content-sha256"] = PayloadHash.Empty;

        Assert.Null(SigV4Parser.TryParse(request, out var claim));
        Assert.Equal((PayloadKind.Hash, PayloadHash.Empty), (claim!.PayloadKind, claim.PayloadHash));
    }

    private static S3Error? Verify(TestRequest request, DateTimeOffset now)
    {
        Assert.Null(SigV4Parser.TryParse(request, out var claim));
        return SigV4Verifier.Verify(request, claim!, DocumentedExamples.Key, now);
    }
}
