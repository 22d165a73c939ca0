using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using EdgeCache.EndToEnd.Tests.Harness;

namespace EdgeCache.EndToEnd.Tests.BadInput;

/// <summary>
/// Requests that are wrong in one way each, sent byte for byte to an origin and to the edge before it: each gets its S3 error, nothing is
/// stored, and the servers serve on.
/// </summary>
public sealed class MalformedRequestTests(SharedDeployment deployment)
{
    private const string ErrorOrClose = "*";

    private static readonly byte[] Body = Encoding.ASCII.GetBytes("twelve bytes");

    private static readonly Dictionary<string, Func<Context, Spoiled>> Cases = new()
    {
        // Signatures.
        ["unsigned request to a private bucket"] = c => new($"GET /{c.Bucket}/there HTTP/1.1\r\nHost: {c.Host}\r\n", 403, "AccessDenied"),
        ["broken signature"] = c => new(Replace(c.Head("GET", $"/{c.Bucket}/there"), "Signature=", "Signature=00"), 400, "AuthorizationHeaderMalformed", 403, "SignatureDoesNotMatch"),
        ["signature of another path"] = c => new(Replace(c.Head("GET", $"/{c.Bucket}/there"), "/there", "/their"), 403, "SignatureDoesNotMatch"),
        ["unknown access key"] = c => new(c.With("CWNOSUCHKEY00000", "secret").Build("GET", $"/{c.Bucket}/there"), 403, "InvalidAccessKeyId"),
        ["the edges' own access key from a client"] = c => new(c.With("EDGECACHE-EDGE", "secret").Build("GET", $"/{c.Bucket}/there"), 403, "InvalidAccessKeyId", 403, "SignatureDoesNotMatch"),
        ["authorization header without a signature"] = c => new($"GET /{c.Bucket}/there HTTP/1.1\r\nHost: {c.Host}\r\nAuthorization: AWS4-HMAC-SHA256 Credential=x\r\n", 400, "AuthorizationHeaderMalformed"),
        ["clock an hour behind"] = c => new(c.Shifted(TimeSpan.FromHours(-1)).Build("GET", $"/{c.Bucket}/there"), 403, "RequestTimeTooSkewed"),
        ["clock an hour ahead"] = c => new(c.Shifted(TimeSpan.FromHours(1)).Build("GET", $"/{c.Bucket}/there"), 403, "RequestTimeTooSkewed"),
        ["x-amz header that is not signed"] = c => new(c.Head("GET", $"/{c.Bucket}/there") + "x-amz-meta-extra: 1\r\n", 403, "AccessDenied"),
        ["presigned link with too long a life"] = c => new($"GET /{c.Bucket}/there?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=A%2F20261122%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20261122T000000Z&X-Amz-Expires=604801&X-Amz-SignedHeaders=host&X-Amz-Signature={new string('0', 64)} HTTP/1.1\r\nHost: {c.Host}\r\n", 403, "AuthorizationQueryParametersError"),

        // Bodies.
        ["body shorter than Content-Length, then end of input"] = c => new(c.Put("lying", ("Content-Length", "100000")), 400, ErrorOrClose) { Body = Body, EndOfInput = true, Stores = "lying" },
        ["no Content-Length"] = c => new(c.Put("nolength"), 411, "MissingContentLength") { Stores = "nolength" },
        ["6 GiB in one PUT"] = c => new(c.Put("huge", ("Content-Length", (6L << 30).ToString(CultureInfo.InvariantCulture))), 400, "EntityTooLarge") { Stores = "huge" },
        ["Content-Length that is not a number"] = c => new(c.Put("nan", ("Content-Length", "12x")), 400, ErrorOrClose) { Body = Body, Stores = "nan" },
        ["two different Content-Lengths"] = c => new(c.Put("two", ("Content-Length", "12"), ("Content-Length", "13")), 400, ErrorOrClose) { Body = Body, Stores = "two" },
        ["payload hash of other bytes"] = c => new(c.Head("PUT", $"/{c.Bucket}/hash", new string('0', 64), ("Content-Length", "12")), 400, "XAmzContentSHA256Mismatch") { Body = Body, Stores = "hash" },
        ["Content-MD5 of other bytes"] = c => new(c.Put("md5", ("Content-Length", "12"), ("Content-MD5", Convert.ToBase64String(new byte[16]))), 400, "BadDigest") { Body = Body, Stores = "md5" },
        ["Content-MD5 that is no MD5"] = c => new(c.Put("md5x", ("Content-Length", "12"), ("Content-MD5", "abc")), 400, "InvalidDigest") { Body = Body, Stores = "md5x" },
        ["CRC32 of other bytes"] = c => new(c.Put("crc", ("Content-Length", "12"), ("x-amz-checksum-crc32", "AAAAAA==")), 400, "BadDigest", 400, "XAmzContentChecksumMismatch") { Body = Body, Stores = "crc" },
        ["CRC32 that is no CRC32"] = c => new(c.Put("crcx", ("Content-Length", "12"), ("x-amz-checksum-crc32", "AAAA")), 400, "BadDigest") { Body = Body, Stores = "crcx" },
        ["chunked body without its final chunk"] = c => new(c.Head("PUT", $"/{c.Bucket}/chunk", "STREAMING-UNSIGNED-PAYLOAD-TRAILER", ("Content-Encoding", "aws-chunked"), ("x-amz-decoded-content-length", "12"), ("Content-Length", "17")), 400, "IncompleteBody") { Body = Encoding.ASCII.GetBytes("c\r\ntwelve bytes\r\n"), Stores = "chunk" },
        ["chunk size that is no number"] = c => new(c.Head("PUT", $"/{c.Bucket}/chunkx", "STREAMING-UNSIGNED-PAYLOAD-TRAILER", ("x-amz-decoded-content-length", "12"), ("Content-Length", "22")), 400, ErrorOrClose) { Body = Encoding.ASCII.GetBytes("zz\r\ntwelve bytes\r\n0\r\n\r\n"), Stores = "chunkx" },
        ["chunk whose signature is wrong"] = c => new(c.Head("PUT", $"/{c.Bucket}/chunks", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", ("x-amz-decoded-content-length", "12"), ("Content-Length", "184")), 403, "SignatureDoesNotMatch") { Body = Encoding.ASCII.GetBytes($"c;chunk-signature={new string('0', 64)}\r\ntwelve bytes\r\n0;chunk-signature={new string('0', 64)}\r\n\r\n\r\n"), Stores = "chunks" },
        ["metadata over 2 KiB"] = c => new(c.Put("meta", ("Content-Length", "12"), ("x-amz-meta-a", new string('m', 2100))), 400, "MetadataTooLarge") { Body = Body, Stores = "meta" },

        // Names, ranges, numbers.
        ["key of 1,025 bytes"] = c => new(c.Head("PUT", $"/{c.Bucket}/{new string('k', 1025)}", SignedHead.Unsigned, ("Content-Length", "0")), 400, "KeyTooLongError"),
        ["bucket name with capitals"] = c => new(c.Head("PUT", "/Not_A_Bucket", SignedHead.Unsigned, ("Content-Length", "0")), 400, "InvalidBucketName"),
        ["malformed escape in the path"] = c => new($"GET /{c.Bucket}/a%zz HTTP/1.1\r\nHost: {c.Host}\r\n", 400, ErrorOrClose),
        ["path that is not UTF-8"] = c => new($"GET /{c.Bucket}/a%ff%fe HTTP/1.1\r\nHost: {c.Host}\r\n", 400, ErrorOrClose),
        ["range beyond the end"] = c => new(c.Head("GET", $"/{c.Bucket}/there", SignedHead.Unsigned, ("Range", "bytes=99999999999-")), 416, "InvalidRange"),
        ["range of twenty-five digits"] = c => new(c.Head("GET", $"/{c.Bucket}/there", SignedHead.Unsigned, ("Range", $"bytes={new string('9', 25)}-")), 416, "InvalidRange"),
        ["part number 10,001"] = c => new(c.Head("PUT", $"/{c.Bucket}/there?partNumber=10001&uploadId={c.UploadId}", SignedHead.Unsigned, ("Content-Length", "12")), 400, "InvalidArgument") { Body = Body },
        ["part number 0"] = c => new(c.Head("PUT", $"/{c.Bucket}/there?partNumber=0&uploadId={c.UploadId}", SignedHead.Unsigned, ("Content-Length", "12")), 400, "InvalidArgument") { Body = Body },
        ["upload that does not exist"] = c => new(c.Head("PUT", $"/{c.Bucket}/there?partNumber=1&uploadId=nothing", SignedHead.Unsigned, ("Content-Length", "12")), 404, "NoSuchUpload") { Body = Body },
        ["max-keys that is no number"] = c => new(c.Head("GET", $"/{c.Bucket}?list-type=2&max-keys=many"), 400, "InvalidArgument"),
        ["max-keys below zero"] = c => new(c.Head("GET", $"/{c.Bucket}?list-type=2&max-keys=-1"), 400, "InvalidArgument"),
        ["method of no HTTP"] = c => new($"BREW /{c.Bucket}/there HTTP/1.1\r\nHost: {c.Host}\r\n", 405, "MethodNotAllowed"),

        // XML.
        ["completion of 10,001 parts"] = c => c.Xml("POST", $"/{c.Bucket}/there?uploadId={c.UploadId}", "<CompleteMultipartUpload>" + string.Concat(Enumerable.Range(1, 10_001).Select(static n => $"<Part><PartNumber>{n}</PartNumber><ETag>x</ETag></Part>")) + "</CompleteMultipartUpload>", 400, ErrorOrClose),
        ["completion with parts out of order"] = c => c.Xml("POST", $"/{c.Bucket}/there?uploadId={c.UploadId}", "<CompleteMultipartUpload><Part><PartNumber>2</PartNumber><ETag>x</ETag></Part><Part><PartNumber>1</PartNumber><ETag>x</ETag></Part></CompleteMultipartUpload>", 400, "InvalidPartOrder", 400, "InvalidPart"),
        ["completion without parts"] = c => c.Xml("POST", $"/{c.Bucket}/there?uploadId={c.UploadId}", "<CompleteMultipartUpload/>", 400, "MalformedXML", 400, "InvalidRequest"),
        ["XML that ends early"] = c => c.Xml("POST", $"/{c.Bucket}?delete", "<Delete><Object><Key>a</Key>", 400, "MalformedXML"),
        ["XML that is something else"] = c => c.Xml("POST", $"/{c.Bucket}?delete", "{\"json\":true}", 400, "MalformedXML"),
        ["1,001 keys to delete"] = c => c.Xml("POST", $"/{c.Bucket}?delete", "<Delete>" + string.Concat(Enumerable.Range(0, 1001).Select(static n => $"<Object><Key>{n}</Key></Object>")) + "</Delete>", 400, "MalformedXML"),
        ["XML entity bomb"] = c => c.Xml("POST", $"/{c.Bucket}?delete", "<!DOCTYPE d [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\">]><Delete><Object><Key>&c;</Key></Object></Delete>", 400, "MalformedXML"),
        ["XML that reads a file"] = c => c.Xml("POST", $"/{c.Bucket}?delete", "<!DOCTYPE d [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><Delete><Object><Key>&a;</Key></Object></Delete>", 400, "MalformedXML"),
        ["XML nested ten thousand deep"] = c => c.Xml("POST", $"/{c.Bucket}?delete", string.Concat(Enumerable.Repeat("<Delete>", 10_000)), 400, "MalformedXML"),
        ["XML of 20 MB"] = c => c.Xml("POST", $"/{c.Bucket}?delete", "<Delete>" + new string(' ', 20_000_000) + "</Delete>", 400, ErrorOrClose),
        ["deletion without a digest that is wrong"] = c => new(c.Head("POST", $"/{c.Bucket}?delete", SignedHead.Unsigned, ("Content-MD5", Convert.ToBase64String(new byte[16])), ("Content-Length", "12")), 400, "BadDigest", 400, "MalformedXML") { Body = Body },

        // Heads.
        ["headers of 1 MB"] = c => new(c.Head("GET", $"/{c.Bucket}/there") + $"X-Long: {new string('x', 1_000_000)}\r\n", 400, ErrorOrClose, 431, ErrorOrClose),
        ["a thousand headers"] = c => new(c.Head("GET", $"/{c.Bucket}/there") + string.Concat(Enumerable.Range(0, 1000).Select(static n => $"X-{n}: x\r\n")), 400, ErrorOrClose, 431, ErrorOrClose),
        ["request target of 100 KB"] = c => new($"GET /{c.Bucket}/{new string('a', 100_000)} HTTP/1.1\r\nHost: {c.Host}\r\n", 400, ErrorOrClose, 414, ErrorOrClose),
        ["no Host header"] = c => new($"GET /{c.Bucket}/there HTTP/1.1\r\n", 400, ErrorOrClose),
        ["bytes that are not HTTP"] = _ => new("\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\r\n", 400, ErrorOrClose),
    };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string> CaseNames() => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(CaseNames))]
    public async Task Is_refused_with_its_error(string name)
    {
        var bucket = deployment.NewBucketName();
        using var s3 = SdkClient.Create(deployment.Bootstrap);
        await s3.PutBucketAsync(bucket, Cancellation);
        await s3.PutObjectAsync(new() { BucketName = bucket, Key = "there", ContentBody = "still there" }, Cancellation);
        var upload = await s3.InitiateMultipartUploadAsync(bucket, "there", Cancellation);

        foreach (var endpoint in new[] { deployment.Bootstrap.Endpoint("ORD1"), deployment.Bootstrap.AcceleratedEndpoint })
        {
            var spoiled = Cases[name](new Context(deployment.Bootstrap, endpoint, bucket, upload.UploadId));
            var response = await RawHttp.SendAsync(endpoint, spoiled.Head, spoiled.Body, spoiled.EndOfInput, Cancellation);
            spoiled.AssertRefused(response, $"{name} at {endpoint}");
            if (spoiled.Stores is { } key)
            {
                await Assert.ThrowsAsync<Amazon.S3.Model.NoSuchKeyException>(() => s3.GetObjectAsync(bucket, key, Cancellation));
            }

            using var untouched = await s3.GetObjectAsync(bucket, "there", Cancellation);
            Assert.Equal("still there", Encoding.ASCII.GetString(await SdkClient.ReadAsync(untouched, Cancellation)));
        }
    }

    [Fact]
    public async Task A_flood_of_them_does_not_grow_the_memory()
    {
        const int Requests = 200;
        const long MaxGrowth = 400L << 20;
        await using var servers = await ProcessDeployment.StartAsync(Cancellation);
        var bootstrap = deployment.Bootstrap with { AccessKeyId = ProcessDeployment.AccessKeyId, SecretKey = ProcessDeployment.SecretKey };
        using var s3 = SdkClient.Create(bootstrap, servers.Edge.Endpoints.S3);
        await s3.PutBucketAsync("flooded-bucket", Cancellation);
        var before = ResidentBytes(servers);
        string[] flood = ["headers of 1 MB", "XML of 20 MB", "XML entity bomb", "completion of 10,001 parts", "body shorter than Content-Length, then end of input"];
        await Parallel.ForAsync(0, Requests, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Cancellation }, async (i, cancellation) =>
        {
            var endpoint = i % 2 == 0 ? servers.Origin.Endpoints.S3 : servers.Edge.Endpoints.S3;
            var spoiled = Cases[flood[i % flood.Length]](new Context(bootstrap, endpoint, "flooded-bucket", "none"));
            await RawHttp.SendAsync(endpoint, spoiled.Head, spoiled.Body, spoiled.EndOfInput, cancellation);
        });
        var growth = ResidentBytes(servers) - before;
        Assert.True(growth < MaxGrowth, $"the servers grew by {growth >> 20} MiB under {Requests} malformed requests");
    }

    private static long ResidentBytes(ProcessDeployment servers) =>
        Process.GetProcessById(servers.Origin.ProcessId).WorkingSet64 + Process.GetProcessById(servers.Edge.ProcessId).WorkingSet64;

    private static string Replace(string text, string from, string to)
    {
        var at = text.IndexOf(from, StringComparison.Ordinal);
        return text[..at] + to + text[(at + from.Length)..];
    }

    private sealed record Context(Bootstrap Bootstrap, string Endpoint, string Bucket, string UploadId)
    {
        public string Host => new Uri(Endpoint).Authority;

        public SignedHead With(string accessKeyId, string secretKey) => new(accessKeyId, secretKey, Endpoint);

        public SignedHead Shifted(TimeSpan shift) => new(Bootstrap.AccessKeyId, Bootstrap.SecretKey, Endpoint) { Shift = shift };

        public string Head(string method, string target, string payloadHash = SignedHead.Unsigned, params (string Name, string Value)[] headers) =>
            With(Bootstrap.AccessKeyId, Bootstrap.SecretKey).Build(method, target, payloadHash, headers);

        public string Put(string key, params (string Name, string Value)[] headers) => Head("PUT", $"/{Bucket}/{key}", SignedHead.Unsigned, headers);

        public Spoiled Xml(string method, string target, string xml, int status, string code, int otherStatus = 0, string otherCode = "")
        {
            var body = Encoding.UTF8.GetBytes(xml);
            var head = Head(method, target, SignedHead.Sha256(body), ("Content-Length", body.Length.ToString(CultureInfo.InvariantCulture)), ("Content-MD5", Md5(body)));
            return new Spoiled(head, status, code, otherStatus, otherCode) { Body = body };
        }

#pragma warning disable CA5351 // S3 asks for MD5.
        private static string Md5(byte[] body) => Convert.ToBase64String(MD5.HashData(body));
#pragma warning restore CA5351
    }

    /// <summary>A request and the refusal it should get; <see cref="ErrorOrClose"/> as code allows any error of that status, or a closed connection.</summary>
    private sealed record Spoiled(string Head, int Status, string Code, int OtherStatus = 0, string OtherCode = "")
    {
        public byte[] Body { get; init; } = [];

        public bool EndOfInput { get; init; }

        /// <summary>The key under which nothing may have been stored.</summary>
        public string? Stores { get; init; }

        public void AssertRefused(RawResponse? response, string what)
        {
            if (response is null)
            {
                Assert.True(Code == ErrorOrClose, $"{what}: the connection was closed without an answer");
                return;
            }

            var matches = Matches(response, Status, Code) || (OtherStatus != 0 && Matches(response, OtherStatus, OtherCode));
            Assert.True(matches, $"{what}: expected {Status} {Code}, got\n{response.Head}\n\n{response.Body}");
            Assert.True(Code == ErrorOrClose || response.RequestId.Length > 0, $"{what}: no request id in\n{response.Body}");
        }

        private static bool Matches(RawResponse response, int status, string code) =>
            response.Status == status && (code == ErrorOrClose || response.ErrorCode == code);
    }
}
