using Amazon.S3;
using Amazon.S3.Model;
using EdgeCache.Shared.SigV4;
using EdgeCache.Testing;

namespace EdgeCache.Shared.Tests.SigV4;

/// <summary>AWS's own signer against our verifier, and our signer through a real HTTP client, over a real connection.</summary>
public sealed class SdkInteropTests : IAsyncLifetime
{
    private const string Key = "a//b/./c+d=e,f&g@h:i$j!k'(l)*~ é漢😀%41";

    private VerifyingServer _server = null!;
    private AmazonS3Client _client = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await VerifyingServer.StartAsync();
        _client = new AmazonS3Client(VerifyingServer.AccessKeyId, VerifyingServer.SecretKey, new AmazonS3Config
        {
            ServiceURL = _server.Url,
            ForcePathStyle = true,
            AuthenticationRegion = "ORD1",
            MaxErrorRetry = 0,
        });
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task An_upload_in_signed_chunks_with_a_signed_trailer_verifies()
    {
        var content = ByteStreams.Content(8, 300_000);

        await _client.PutObjectAsync(new PutObjectRequest { BucketName = "bucket", Key = Key, InputStream = new MemoryStream(content) }, Cancellation);

        var (kind, body, trailers) = Assert.Single(_server.Verified);
        Assert.Equal(PayloadKind.StreamingSignedTrailer, kind);
        Assert.Equal(content, body);
        Assert.Contains(trailers.Keys, name => name.StartsWith("x-amz-checksum-", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_upload_without_chunks_verifies_by_its_hash()
    {
        var content = ByteStreams.Content(9, 1000);

        await _client.PutObjectAsync(new PutObjectRequest
        {
            BucketName = "bucket",
            Key = "key",
            InputStream = new MemoryStream(content),
            UseChunkEncoding = false,
        }, Cancellation);

        var (kind, body, _) = Assert.Single(_server.Verified);
        Assert.Equal(PayloadKind.Hash, kind);
        Assert.Equal(content, body);
    }

    [Fact]
    public async Task Reads_and_listings_with_awkward_names_verify()
    {
        await _client.GetObjectAsync(new GetObjectRequest { BucketName = "bucket", Key = Key, ByteRange = new ByteRange(0, 9), VersionId = "+/=" }, Cancellation);
        await _client.GetObjectMetadataAsync("bucket", Key, Cancellation);
        await _client.ListObjectsV2Async(new ListObjectsV2Request { BucketName = "bucket", Prefix = Key, Delimiter = "/", StartAfter = "a b+c" }, Cancellation);
        await _client.DeleteObjectAsync("bucket", Key, Cancellation);

        Assert.Equal(4, _server.Verified.Count);
    }

    [Fact]
    public async Task A_url_that_the_sdk_presigned_verifies()
    {
        var url = await _client.GetPreSignedURLAsync(new GetPreSignedUrlRequest
        {
            BucketName = "bucket",
            Key = Key,
            Expires = TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(1),
            Protocol = Protocol.HTTP,
            ResponseHeaderOverrides = new ResponseHeaderOverrides { ContentDisposition = "attachment; filename=\"a b+c.txt\"" },
        });
        using var http = new HttpClient();

        using var response = await http.GetAsync(Exactly(url), Cancellation);

        Assert.True(response.IsSuccessStatusCode, _server.Refused.FirstOrDefault()?.ToString());
    }

    [Fact]
    public async Task Our_signer_verifies_over_a_connection()
    {
        var signer = new SigV4Signer(VerifyingServer.AccessKeyId, VerifyingServer.SecretKey, "LAS1", TimeProvider.System);
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, Exactly($"{_server.Url}/bucket/a//b/../c%2Bd%20e?prefix=a%2Fb&empty"));
        request.Headers.TryAddWithoutValidation("x-amz-meta-many", ["one", "two  three"]);
        request.Headers.TryAddWithoutValidation("Range", "bytes=0-9");
        signer.Sign(request);

        using var signed = await http.SendAsync(request, Cancellation);
        using var presigned = await http.GetAsync(
            signer.Presign(HttpMethod.Get, Exactly($"{_server.Url}/bucket/a//b/../c?x-id=GetObject"), TimeSpan.FromMinutes(1)), Cancellation);

        Assert.True(signed.IsSuccessStatusCode && presigned.IsSuccessStatusCode, _server.Refused.FirstOrDefault()?.ToString());
    }

    [Theory]
    [InlineData(PayloadHash.StreamingSigned)]
    [InlineData(PayloadHash.StreamingSignedTrailer)]
    [InlineData(PayloadHash.StreamingUnsignedTrailer)]
    public async Task Our_chunks_verify_over_a_connection(string payloadHash)
    {
        var signer = new SigV4Signer(VerifyingServer.AccessKeyId, VerifyingServer.SecretKey, "ORD1", TimeProvider.System);
        var content = ByteStreams.Content(10, 200_000);
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Put, $"{_server.Url}/bucket/key");
        signer.Sign(request, payloadHash);
        SigV4Parser.TryParse(TestRequest.From(request), out var claim);
        var chunks = payloadHash == PayloadHash.StreamingUnsignedTrailer
            ? null
            : new ChunkSigner(SigningKey.Derive(VerifyingServer.SecretKey, claim!.Scope), claim);
        request.Content = new ByteArrayContent(AwsChunkedEncoder.Encode(
            content, 65_536, chunks, payloadHash == PayloadHash.StreamingSigned ? null : [new("x-amz-checksum-crc32", "AAAAAA==")]));

        using var response = await http.SendAsync(request, Cancellation);

        Assert.True(response.IsSuccessStatusCode, _server.Refused.FirstOrDefault()?.ToString());
        Assert.Equal(content, Assert.Single(_server.Verified).Body);
    }

    [Fact]
    public async Task Another_secret_is_refused()
    {
        using var other = new AmazonS3Client(VerifyingServer.AccessKeyId, "another", new AmazonS3Config { ServiceURL = _server.Url, ForcePathStyle = true, MaxErrorRetry = 0 });

        await Assert.ThrowsAnyAsync<AmazonS3Exception>(() => other.GetObjectMetadataAsync("bucket", "key", Cancellation));
        Assert.Equal(Shared.S3.S3ErrorCode.SignatureDoesNotMatch, Assert.Single(_server.Refused).Code);
    }

    private static Uri Exactly(string url) => new(url, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
}
