using EdgeCache.EndToEnd.Tests.BadInput;
using EdgeCache.EndToEnd.Tests.Harness;

namespace EdgeCache.EndToEnd.Tests.Clients;

/// <summary>User metadata comes back with the bytes that the client sent, in whatever encoding.</summary>
public sealed class MetadataBytesTests(SharedDeployment deployment)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Latin-1: \u00E9\u00DF")]
    [InlineData("UTF-8: \u00C3\u00A9")]
    public async Task Metadata_comes_back_byte_for_byte(string bytes)
    {
        var (edge, origin) = (deployment.Bootstrap.AcceleratedEndpoint, deployment.Bootstrap.Endpoint("ORD1"));
        var bucket = deployment.NewBucketName();
        using var s3 = SdkClient.Create(deployment.Bootstrap);
        await s3.PutBucketAsync(bucket, Cancellation);
        await SendAsync(edge, "PUT", $"/{bucket}/k", ("x-amz-meta-text", bytes), ("Content-Disposition", bytes), ("Content-Length", "0"));
        await SendAsync(edge, "PUT", $"/{bucket}/copy", ("x-amz-copy-source", $"/{bucket}/k"), ("Content-Length", "0"));
        foreach (var endpoint in new[] { edge, edge, origin })
        {
            foreach (var key in new[] { "k", "copy" })
            {
                foreach (var method in new[] { "GET", "HEAD" })
                {
                    var head = await SendAsync(endpoint, method, $"/{bucket}/{key}");
                    Assert.Contains($"x-amz-meta-text: {bytes}\r\n", head + "\r\n", StringComparison.OrdinalIgnoreCase);
                    Assert.Contains($"Content-Disposition: {bytes}\r\n", head + "\r\n", StringComparison.OrdinalIgnoreCase);
                }
            }
        }
    }

    private async Task<string> SendAsync(string endpoint, string method, string path, params (string Name, string Value)[] headers)
    {
        // What is signed are characters, of which each client has its own idea: they are not under test here.
        var head = new SignedHead(deployment.Bootstrap.AccessKeyId, deployment.Bootstrap.SecretKey, endpoint).Build(method, path, SignedHead.Unsigned, Decoded(headers));
        foreach (var (_, value) in headers)
        {
            head = head.Replace(Text(value), value, StringComparison.Ordinal);
        }

        var answer = await RawHttp.SendAsync(endpoint, head, [], endOfInput: false, Cancellation);
        Assert.Equal(200, answer!.Status);
        return answer.Head;
    }

    private static (string Name, string Value)[] Decoded((string Name, string Value)[] headers) => [.. headers.Select(static h => (h.Name, Text(h.Value)))];

    private static string Text(string bytes) => bytes.Replace("\u00C3\u00A9", "\u00E9", StringComparison.Ordinal);
}
