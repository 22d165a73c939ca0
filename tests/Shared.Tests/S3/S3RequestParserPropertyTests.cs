using System.Text;
using EdgeCache.Shared.Primitives;
using EdgeCache.Shared.S3;

namespace EdgeCache.Shared.Tests.S3;

public sealed class S3RequestParserPropertyTests
{
    private const int Seed = 8271;
    private static readonly S3HostOptions Hosts = S3HostOptions.ForDomain("example.com", ["ord1", "las1"], "localhost");
    private static readonly string[] Methods = ["GET", "HEAD", "PUT", "POST", "DELETE", "OPTIONS", "", "GÉT"];

    private static readonly string[] Fragments =
    [
        "/", "//", "bkt", "a.b", "..", "%2F", "%", "%zz", "%00", "%ff", "%C3%A9", "é", "\ud800", "+", " ", "?", "&", "=", "\0", "\r\n", "key", "acl", "uploads",
        "uploadId=u", "partNumber=1", "versionId=", "list-type=2", "prefix=", "localhost", ".example.com", "object.ord1", ":9000", "[::1]", "127.0.0.1",
    ];

    [Fact]
    public void Every_valid_key_survives_the_way_through_a_path()
    {
        var random = new Random(Seed);
        for (var round = 0; round < 5_000; round++)
        {
            var key = RandomKey(random);
            var path = PercentEncoding.Encode(key, keepSlash: random.Next(2) == 0);
            var virtualHosted = random.Next(2) == 0;
            var error = S3RequestParser.TryParse(
                "GET", virtualHosted ? "bkt.localhost" : "localhost", virtualHosted ? "/" + path : "/bkt/" + path, "", false, Hosts, out var request);
            Assert.True(error is null, $"seed {Seed}, round {round}: {error}");
            Assert.True(request!.Key == key && request.Bucket == "bkt", $"seed {Seed}, round {round}");
        }
    }

    [Fact]
    public void Arbitrary_input_gives_an_error_or_a_valid_request()
    {
        var random = new Random(Seed);
        for (var round = 0; round < 50_000; round++)
        {
            var (method, host, path, query) = (Methods[random.Next(Methods.Length)], Splice(random), "/" + Splice(random), Splice(random));
            var error = S3RequestParser.TryParse(method, host, path, query, random.Next(2) == 0, Hosts, out var request);
            Assert.True(error is null != request is null, $"seed {Seed}, round {round}");
            if (request is not null)
            {
                Assert.True(request.Bucket.Length == 0 ? request.Operation == S3Operation.ListBuckets : BucketName.TryParse(request.Bucket, out _), $"seed {Seed}, round {round}");
                Assert.True(request.Key.Length == 0 || ObjectKey.TryParse(request.Key, out _), $"seed {Seed}, round {round}");
            }
        }
    }

    private static string Splice(Random random) => string.Concat(Enumerable.Range(0, random.Next(6)).Select(_ => Fragments[random.Next(Fragments.Length)]));

    private static string RandomKey(Random random)
    {
        var key = new StringBuilder();
        for (var length = random.Next(1, 60); length > 0; length--)
        {
            var rune = random.Next(4) switch
            {
                0 => random.Next(1, 0x80),
                1 => "/+%.~ ?&=#"[random.Next(10)],
                2 => random.Next(0x80, 0xD800),
                _ => random.Next(0x10000, 0x110000),
            };
            key.Append(new Rune(rune));
        }

        return key.ToString();
    }
}
