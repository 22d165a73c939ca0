using EdgeCache.Shared.S3;
using EdgeCache.Shared.SigV4;

namespace EdgeCache.Shared.Tests.SigV4;

public class DocumentedExampleTests
{
    public static TheoryData<string> Names => [.. Requests.Keys];

    private static readonly Dictionary<string, Func<TestRequest>> Requests = new()
    {
        ["GET object with Range"] = DocumentedExamples.GetObject,
        ["PUT object"] = DocumentedExamples.PutObject,
        ["GET bucket lifecycle"] = DocumentedExamples.GetLifecycle,
        ["list objects"] = DocumentedExamples.ListObjects,
        ["presigned GET"] = DocumentedExamples.PresignedGet,
        ["chunked PUT"] = DocumentedExamples.ChunkedPut,
        ["chunked PUT with trailer"] = DocumentedExamples.ChunkedPutWithTrailer,
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void A_documented_signature_verifies(string name)
    {
        var request = Requests[name]();

        Assert.Null(SigV4Parser.TryParse(request, out var claim));
        Assert.NotNull(claim);
        Assert.Equal(DocumentedExamples.AccessKeyId, claim.AccessKeyId);
        Assert.Equal(DocumentedExamples.Time, claim.SignedAt);
        Assert.Null(SigV4Verifier.Verify(request, claim, DocumentedExamples.Key, DocumentedExamples.Time.AddMinutes(1)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_documented_signature_fails_with_another_secret(string name)
    {
        var request = Requests[name]();
        SigV4Parser.TryParse(request, out var claim);
        var key = SigningKey.Derive("another", claim!.Scope);

        Assert.Equal(S3ErrorCode.SignatureDoesNotMatch, SigV4Verifier.Verify(request, claim, key, DocumentedExamples.Time.AddMinutes(1))?.Code);
    }
}
