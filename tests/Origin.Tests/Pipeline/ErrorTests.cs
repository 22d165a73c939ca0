using System.Net;
using EdgeCache.Shared.SigV4;

namespace EdgeCache.Origin.Tests.Pipeline;

public sealed class ErrorTests
{
    [Theory]
    [InlineData("GET", "/no-such-bucket/k", HttpStatusCode.NotFound, "NoSuchBucket")]
    [InlineData("GET", "/bucket-1/none", HttpStatusCode.NotFound, "NoSuchKey")]
    [InlineData("GET", "/bucket-1/k?versionId=none", HttpStatusCode.NotFound, "NoSuchVersion")]
    [InlineData("GET", "/B_d/k", HttpStatusCode.BadRequest, "InvalidBucketName")]
    [InlineData("PUT", "/x/k", HttpStatusCode.BadRequest, "InvalidBucketName")]
    [InlineData("GET", "/bucket-1/k?uploadId=none", HttpStatusCode.NotFound, "NoSuchUpload")]
    [InlineData("DELETE", "/bucket-1/k?uploadId=none", HttpStatusCode.NotFound, "NoSuchUpload")]
    [InlineData("GET", "/bucket-1?cors", HttpStatusCode.NotFound, "NoSuchCORSConfiguration")]
    [InlineData("PATCH", "/bucket-1/k", HttpStatusCode.MethodNotAllowed, "MethodNotAllowed")]
    [InlineData("OPTIONS", "/bucket-1/k", HttpStatusCode.BadRequest, "BadRequest")]
    public async Task A_refusal_has_its_code_and_the_ids(string method, string path, HttpStatusCode status, string code)
    {
        await using var origin = await TestOrigin.StartAsync();
        await S3TestClient.NewBucketAsync(origin.Client);

        var answer = await origin.Client.SendAsync(new HttpMethod(method), path, method == "PUT" ? [] : null);

        answer.ShouldFail(status, code);
        Assert.Matches("^[0-9A-F]{16}$", answer["x-amz-request-id"]);
        Assert.Equal(answer["x-amz-request-id"], answer.Value("RequestId"));
        Assert.Equal(answer["x-amz-id-2"], answer.Value("HostId"));
        Assert.Equal("application/xml", answer["Content-Type"]);
        Assert.NotNull(answer["Date"]);
        Assert.Equal("EdgeCache", answer["Server"]);
    }

    [Fact]
    public async Task A_head_has_no_error_body()
    {
        await using var origin = await TestOrigin.StartAsync();
        await S3TestClient.NewBucketAsync(origin.Client);

        var answer = await origin.Client.HeadAsync("/bucket-1/none");

        Assert.Equal((HttpStatusCode.NotFound, 0), (answer.Status, answer.Body.Length));
        Assert.NotNull(answer["x-amz-request-id"]);
    }

    [Fact]
    public async Task Callers_without_rights_are_refused_and_acls_grant_some()
    {
        await using var origin = await TestOrigin.StartAsync();
        await S3TestClient.NewBucketAsync(origin.Client);
        await S3TestClient.NewBucketAsync(origin.Client, "bucket-2", "public-read");
        await origin.Client.PutAsync("/bucket-1/private", "x");
        await origin.Client.PutAsync("/bucket-1/public", "x", ("x-amz-acl", "public-read"));

        foreach (var client in (S3TestClient[])[origin.Anonymous, origin.Stranger])
        {
            (await client.GetAsync("/bucket-1/private")).ShouldFail(HttpStatusCode.Forbidden, "AccessDenied");
            (await client.GetAsync("/bucket-1/none")).ShouldFail(HttpStatusCode.Forbidden, "AccessDenied");
            (await client.GetAsync("/bucket-1")).ShouldFail(HttpStatusCode.Forbidden, "AccessDenied");
            (await client.PutAsync("/bucket-1/k", "x")).ShouldFail(HttpStatusCode.Forbidden, "AccessDenied");
            (await client.DeleteAsync("/bucket-1")).ShouldFail(HttpStatusCode.Forbidden, "AccessDenied");
            Assert.Equal("x", (await client.GetAsync("/bucket-1/public")).Text);
            Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/bucket-2")).Status);
            (await client.GetAsync("/bucket-2/none")).ShouldFail(HttpStatusCode.NotFound, "NoSuchKey");
        }

        Assert.Empty((await origin.Stranger.GetAsync("/")).Values("Name"));
        (await origin.Anonymous.GetAsync("/bucket-1/public?response-content-type=a%2Fb")).ShouldFail(HttpStatusCode.BadRequest, "InvalidRequest");
    }

    [Fact]
    public async Task Bad_credentials_are_told_apart()
    {
        await using var origin = await TestOrigin.StartAsync();
        var unknown = new S3TestClient(origin.Server.S3Endpoint, origin.Http, new SigV4Signer("AKNONE", "secret-key", "ORD1", TimeProvider.System));
        var wrong = new S3TestClient(origin.Server.S3Endpoint, origin.Http, new SigV4Signer("AKMAIN", "wrong-secret", "ORD1", TimeProvider.System));

        (await unknown.GetAsync("/")).ShouldFail(HttpStatusCode.Forbidden, "InvalidAccessKeyId");
        (await wrong.GetAsync("/")).ShouldFail(HttpStatusCode.Forbidden, "SignatureDoesNotMatch");
    }

    [Fact]
    public async Task A_presigned_link_works_until_the_key_or_path_is_another()
    {
        await using var origin = await TestOrigin.StartAsync();
        await S3TestClient.NewBucketAsync(origin.Client);
        await origin.Client.PutAsync("/bucket-1/k", "x");
        var signer = new SigV4Signer("AKMAIN", "main-secret-key", "anything", TimeProvider.System);
        var link = signer.Presign(HttpMethod.Get, new Uri(origin.Server.S3Endpoint, "/bucket-1/k"), TimeSpan.FromMinutes(1));

        Assert.Equal("x", (await origin.Anonymous.GetAsync(link.PathAndQuery)).Text);
        (await origin.Anonymous.GetAsync(link.PathAndQuery.Replace("/k?", "/j?", StringComparison.Ordinal)))
            .ShouldFail(HttpStatusCode.Forbidden, "SignatureDoesNotMatch");
    }

    [Fact]
    public async Task A_header_section_over_the_limit_is_refused_as_s3_does()
    {
        await using var origin = await TestOrigin.StartAsync();

        var answer = await origin.Anonymous.GetAsync("/bucket-1/k", ("x-filler", new string('x', 20_000)));

        answer.ShouldFail(HttpStatusCode.BadRequest, "RequestHeaderSectionTooLarge");
    }

    [Fact]
    public async Task A_bucket_of_the_host_name_is_addressed_too()
    {
        await using var origin = await TestOrigin.StartAsync();
        await S3TestClient.NewBucketAsync(origin.Client);
        await origin.Client.PutAsync("/bucket-1/k", "x", ("x-amz-acl", "public-read"));

        Assert.Equal("x", (await origin.Anonymous.GetAsync("/k", ("Host", "bucket-1.object.ord1.example.test"))).Text);
        (await origin.Anonymous.GetAsync("/k", ("Host", "bucket-1.object.las1.example.test"))).ShouldFail(HttpStatusCode.NotFound, "NoSuchBucket");
    }
}
