using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using EdgeCache.EndToEnd.Tests.BadInput;
using EdgeCache.EndToEnd.Tests.Harness;

namespace EdgeCache.EndToEnd.Tests.Clients;

/// <summary>
/// <c>Expect: 100-continue</c> (RFC 9110, section 10.1.1) through edge and origin: who is refused is never asked for the body, however short it is.
/// </summary>
public sealed class ContinueTests(SharedDeployment deployment)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Edge => deployment.Bootstrap.AcceleratedEndpoint;

    private SignedHead Signed => new(deployment.Bootstrap.AccessKeyId, deployment.Bootstrap.SecretKey, Edge);

    [Theory]
    [InlineData(1)]
    [InlineData(1024)]
    [InlineData(1025)]
    [InlineData(70_000)]
    public async Task A_refused_upload_is_not_asked_for_its_body(int length)
    {
        var bucket = await BucketAsync();
        var unsigned = $"PUT /{bucket}/k HTTP/1.1\r\nHost: {new Uri(Edge).Authority}\r\nExpect: 100-continue\r\nContent-Length: {length}\r\n";
        var wrong = new SignedHead(deployment.Bootstrap.AccessKeyId, "not the secret", Edge).Build("PUT", $"/{bucket}/k", SignedHead.Unsigned, Expecting(length));
        foreach (var head in new[] { unsigned, wrong })
        {
            var (answer, continued) = await RawHttp.SendAfterContinueAsync(Edge, head, new byte[length], Cancellation);
            Assert.False(continued);
            Assert.Equal(403, answer.Status);
        }
    }

    [Fact]
    public async Task Nobody_is_asked_for_the_body_of_a_new_bucket()
    {
        var head = $"PUT /{deployment.NewBucketName()} HTTP/1.1\r\nHost: {new Uri(Edge).Authority}\r\nExpect: 100-continue\r\nContent-Length: 100\r\n";
        var (answer, continued) = await RawHttp.SendAfterContinueAsync(Edge, head, new byte[100], Cancellation);
        Assert.False(continued);
        Assert.Equal((403, "AccessDenied"), (answer.Status, answer.ErrorCode));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1024)]
    [InlineData(1025)]
    [InlineData(70_000)]
    public async Task An_accepted_upload_is_asked_for_its_body_and_keeps_it(int length)
    {
        var bucket = await BucketAsync();
        var body = new byte[length];
        new Random(length).NextBytes(body);
        var (answer, continued) = await RawHttp.SendAfterContinueAsync(
            Edge, Signed.Build("PUT", $"/{bucket}/k", SignedHead.Sha256(body), Expecting(length)), body, Cancellation);
        Assert.True(continued);
        Assert.Equal(200, answer.Status);
        using var s3 = SdkClient.Create(deployment.Bootstrap);
        using var got = await s3.GetObjectAsync(bucket, "k", Cancellation);
        Assert.Equal(body, await SdkClient.ReadAsync(got, Cancellation));
    }

    [Fact]
    public async Task A_short_body_that_waits_may_have_its_length_signed()
    {
        var bucket = await BucketAsync();
        var head = SignLength($"/{bucket}/k", 5);
        var (answer, continued) = await RawHttp.SendAfterContinueAsync(Edge, head, Encoding.ASCII.GetBytes("12345"), Cancellation);
        Assert.True(continued);
        Assert.Equal(200, answer.Status);
    }

    [Fact]
    public async Task An_empty_upload_is_stored_without_being_asked_for_and_its_connection_ends()
    {
        var bucket = await BucketAsync();
        foreach (var endpoint in deployment.Bootstrap.Regions.Select(static r => r.Endpoint).Append(Edge))
        {
            var head = new SignedHead(deployment.Bootstrap.AccessKeyId, deployment.Bootstrap.SecretKey, endpoint)
                .Build("PUT", $"/{bucket}/empty", SignedHead.Sha256([]), Expecting(0));
            var (answer, continued) = await RawHttp.SendAfterContinueAsync(endpoint, head, [], Cancellation);
            Assert.False(continued);
            Assert.Contains(answer.Status, new[] { 200, 404 }); // the region that does not have the bucket
            Assert.Contains("\nConnection: close", answer.Head, StringComparison.OrdinalIgnoreCase);
        }
    }

    /// <summary>A head whose signature covers Content-Length, as some SDKs sign it.</summary>
    private string SignLength(string path, int length)
    {
        var (host, now) = (new Uri(Edge).Authority, TimeProvider.System.GetUtcNow());
        var (date, time) = ($"{now:yyyyMMdd}", $"{now:yyyyMMdd'T'HHmmss'Z'}");
        const string Names = "content-length;host;x-amz-content-sha256;x-amz-date";
        var canonical = $"PUT\n{path}\n\ncontent-length:{length}\nhost:{host}\nx-amz-content-sha256:UNSIGNED-PAYLOAD\nx-amz-date:{time}\n\n{Names}\nUNSIGNED-PAYLOAD";
        var scope = $"{date}/us-east-1/s3/aws4_request";
        var key = Encoding.UTF8.GetBytes("AWS4" + deployment.Bootstrap.SecretKey);
        foreach (var part in scope.Split('/'))
        {
            key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
        }

        var toSign = $"AWS4-HMAC-SHA256\n{time}\n{scope}\n{SignedHead.Sha256(Encoding.UTF8.GetBytes(canonical))}";
        var signature = Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(toSign)));
        return $"PUT {path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: {length}\r\nExpect: 100-continue\r\nx-amz-date: {time}\r\n" +
            $"x-amz-content-sha256: UNSIGNED-PAYLOAD\r\nAuthorization: AWS4-HMAC-SHA256 Credential={deployment.Bootstrap.AccessKeyId}/{scope}, SignedHeaders={Names}, Signature={signature}\r\n";
    }

    private static (string Name, string Value)[] Expecting(int length) =>
        [("Expect", "100-continue"), ("Content-Length", length.ToString(CultureInfo.InvariantCulture))];

    private async Task<string> BucketAsync()
    {
        var bucket = deployment.NewBucketName();
        using var s3 = SdkClient.Create(deployment.Bootstrap);
        await s3.PutBucketAsync(bucket, Cancellation);
        return bucket;
    }
}
