using System.Text;
using EdgeCache.Shared.SigV4;

namespace EdgeCache.Shared.Tests.SigV4;

/// <summary>Nothing that a client can send makes parser or verifier throw.</summary>
public class ParserFuzzTests
{
    private static readonly string[] Fragments =
    [
        "AWS4-HMAC-SHA256", "AWS", " ", ",", "=", "&", ";", "/", "%", "%2", "%2F", "+", "Credential=", "SignedHeaders=", "Signature=", "host", "x-amz-date",
        "20130524", "us-east-1", "s3", "aws4_request", "X-Amz-Algorithm=AWS4-HMAC-SHA256", "X-Amz-Credential=", "X-Amz-Date=20130524T000000Z",
        "X-Amz-Expires=", "X-Amz-SignedHeaders=", "X-Amz-Signature=", "AKIA", "AKIA/20130524/us-east-1/s3/aws4_request", "86400", "-1",
        "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", "\0", "é", "\ud800", "\uffff",
    ];

    [Fact]
    public void Random_bytes_never_throw() => Fuzz((random, length) =>
    {
        var bytes = new byte[length];
        random.NextBytes(bytes);
        return Encoding.Latin1.GetString(bytes);
    });

    [Fact]
    public void Random_fragments_never_throw() => Fuzz((random, length) =>
    {
        var text = new StringBuilder();
        for (var i = 0; i < length; i += 10)
        {
            text.Append(Fragments[random.Next(Fragments.Length)]);
        }

        return text.ToString();
    });

    [Fact]
    public void Changed_good_requests_never_throw() => Fuzz((random, _) =>
    {
        var text = new StringBuilder(random.Next(2) == 0 ? DocumentedExamples.Presigned : DocumentedExamples.GetObject().Headers["authorization"]);
        for (var i = random.Next(1, 4); i > 0; i--)
        {
            var at = random.Next(text.Length);
            text.Remove(at, random.Next(Math.Min(3, text.Length - at))).Insert(at, Fragments[random.Next(Fragments.Length)]);
        }

        return text.ToString();
    });

    private static void Fuzz(Func<Random, int, string> next)
    {
        var random = new RandomRequests();
        for (var i = 0; i < 5_000; i++)
        {
            var request = DocumentedExamples.GetObject();
            request.RawPath = next(random.Random, random.Random.Next(60));
            request.Headers.Remove("authorization");
            (random.Random.Next(2) == 0 ? (Action<string>)(q => request.RawQuery = q) : a => request.Headers["authorization"] = a)(
                next(random.Random, random.Random.Next(200)));
            if (random.Random.Next(4) == 0)
            {
                request.Headers["x-amz-date"] = next(random.Random, 16);
            }

            var failure = Record.Exception(() => ParseAndVerify(request));
            Assert.True(failure is null, $"seed {random.Seed}, request {i}: {failure}");
        }
    }

    private static void ParseAndVerify(TestRequest request)
    {
        if (SigV4Parser.TryParse(request, out var claim) is null && claim is not null)
        {
            SigV4Verifier.Verify(request, claim, DocumentedExamples.Key, DocumentedExamples.Time);
        }
    }
}
