using EdgeCache.Shared.SigV4;

namespace EdgeCache.Shared.Tests.SigV4;

/// <summary>The worked examples of the S3 documentation
/// (<see href="https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-authenticating-requests.html">authenticating requests</see>).</summary>
internal static class DocumentedExamples
{
    public const string AccessKeyId = "AKIAIOSFODNN7EXAMPLE";

    public const string SecretKey = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

    public const string Presigned =
        "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request" +
        "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host" +
        "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404";

    public static readonly DateTimeOffset Time = new(2013, 5, 24, 0, 0, 0, TimeSpan.Zero);

    public static readonly SigningKey Key = SigningKey.Derive(SecretKey, new SigV4Scope("20130524", "us-east-1", "s3"));

    public static TestRequest GetObject() => Signed(
        new TestRequest { RawPath = "/test.txt" }.With("range", "bytes=0-9"),
        "host;range;x-amz-content-sha256;x-amz-date", "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");

    public static TestRequest PutObject() => Signed(
        new TestRequest { Method = "PUT", RawPath = "/test$file.text" }
            .With("date", "Fri, 24 May 2013 00:00:00 GMT")
            .With("x-amz-storage-class", "REDUCED_REDUNDANCY"),
        "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
        "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
        payloadHash: "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072");

    public static TestRequest GetLifecycle() => Signed(
        new TestRequest { RawQuery = "lifecycle" },
        "host;x-amz-content-sha256;x-amz-date", "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543");

    public static TestRequest ListObjects() => Signed(
        new TestRequest { RawQuery = "max-keys=2&prefix=J" },
        "host;x-amz-content-sha256;x-amz-date", "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");

    public static TestRequest PresignedGet() =>
        new TestRequest { RawPath = "/test.txt", RawQuery = Presigned }.With("host", "examplebucket.s3.amazonaws.com");

    public static TestRequest ChunkedPut() => Signed(
        ChunkedBase().With("content-length", "66824"),
        "content-encoding;content-length;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class",
        "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9",
        payloadHash: PayloadHash.StreamingSigned, host: "s3.amazonaws.com");

    public static TestRequest ChunkedPutWithTrailer() => Signed(
        ChunkedBase().With("x-amz-trailer", "x-amz-checksum-crc32c"),
        "content-encoding;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class;x-amz-trailer",
        "106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e",
        payloadHash: PayloadHash.StreamingSignedTrailer, host: "s3.amazonaws.com");

    private static TestRequest ChunkedBase() => new TestRequest { Method = "PUT", RawPath = "/examplebucket/chunkObject.txt" }
        .With("x-amz-storage-class", "REDUCED_REDUNDANCY")
        .With("content-encoding", "aws-chunked")
        .With("x-amz-decoded-content-length", "66560");

    private static TestRequest Signed(
        TestRequest request, string signedHeaders, string signature, string payloadHash = PayloadHash.Empty,
        string host = "examplebucket.s3.amazonaws.com") => request
        .With("host", host)
        .With("x-amz-date", "20130524T000000Z")
        .With("x-amz-content-sha256", payloadHash)
        .With("authorization",
            $"AWS4-HMAC-SHA256 Credential={AccessKeyId}/20130524/us-east-1/s3/aws4_request,SignedHeaders={signedHeaders},Signature={signature}");
}
