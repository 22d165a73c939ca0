using EdgeCache.EndToEnd.Tests.Harness;
using EdgeCache.Testing;

namespace EdgeCache.EndToEnd.Tests.Clients;

/// <summary>Objects that the store encrypts with its own keys are cached at the edge as any other, and say so on every read.</summary>
public sealed class ServerSideEncryptionTests(SharedDeployment deployment)
{
    private const string Header = "x-amz-server-side-encryption";
    private const string Aes256 = """{"Rules":[{"ApplyServerSideEncryptionByDefault":{"SSEAlgorithm":"AES256"}}]}""";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(AwsCliTests.Installed), MemberType = typeof(AwsCliTests))]
    public async Task What_is_encrypted_on_request_is_read_from_the_cache(string path)
    {
        using var directory = new TempDirectory();
        using var http = new SignedHttp(deployment.Bootstrap);
        var aws = AwsCli.Create(path, deployment.Bootstrap, directory.Path);
        var bucket = deployment.NewBucketName();
        await aws.S3Async("mb", $"s3://{bucket}");

        foreach (var (name, size) in new[] { ("small", 20_000), ("parts", 9_000_000) })
        {
            var file = Files.Write(directory.Path, name, size, seed: size);
            var down = Path.Combine(directory.Path, name + ".down");
            await aws.S3Async("cp", "--sse", "AES256", file, $"s3://{bucket}/{name}");
            Assert.Equal("AES256", (await aws.ApiAsync("get-object", "--bucket", bucket, "--key", name, down)).GetProperty("ServerSideEncryption").GetString());
            await Files.AssertEqualAsync(file, down, Cancellation);
            await AssertHitsAsync(http, $"/{bucket}/{name}", await File.ReadAllBytesAsync(file, Cancellation));
        }

        await aws.ApiAsync("put-object", "--bucket", bucket, "--key", "plain", "--body", Path.Combine(directory.Path, "small"));
        Assert.Null((await http.GetAsync($"/{bucket}/plain")).ShouldBe(200)[Header]);
        await aws.ApiAsync("copy-object", "--bucket", bucket, "--key", "plain", "--copy-source", $"{bucket}/plain", "--server-side-encryption", "AES256");
        Assert.Equal("AES256", (await http.GetAsync($"/{bucket}/plain")).ShouldBe(200)[Header]);
    }

    [Theory]
    [MemberData(nameof(AwsCliTests.Installed), MemberType = typeof(AwsCliTests))]
    public async Task What_the_bucket_encrypts_by_default_is_read_from_the_cache(string path)
    {
        using var directory = new TempDirectory();
        using var http = new SignedHttp(deployment.Bootstrap);
        var aws = AwsCli.Create(path, deployment.Bootstrap, directory.Path);
        var bucket = deployment.NewBucketName();
        var file = Files.Write(directory.Path, "file", 300_000, seed: 1);
        await aws.S3Async("mb", $"s3://{bucket}");

        await aws.ApiAsync("put-bucket-encryption", "--bucket", bucket, "--server-side-encryption-configuration", Aes256);
        var rules = (await aws.ApiAsync("get-bucket-encryption", "--bucket", bucket)).GetProperty("ServerSideEncryptionConfiguration").GetProperty("Rules");
        Assert.Equal("AES256", rules[0].GetProperty("ApplyServerSideEncryptionByDefault").GetProperty("SSEAlgorithm").GetString());
        Assert.Equal("AES256", (await aws.ApiAsync("put-object", "--bucket", bucket, "--key", "k", "--body", file)).GetProperty("ServerSideEncryption").GetString());
        Assert.Equal("AES256", (await aws.ApiAsync("head-object", "--bucket", bucket, "--key", "k")).GetProperty("ServerSideEncryption").GetString());
        (await http.GetAsync($"/{bucket}/k")).ShouldBe(200);
        await AssertHitsAsync(http, $"/{bucket}/k", await File.ReadAllBytesAsync(file, Cancellation));

        await aws.ApiAsync("delete-bucket-encryption", "--bucket", bucket);
        await aws.RefusedAsync("ServerSideEncryptionConfigurationNotFoundError", "get-bucket-encryption", "--bucket", bucket);
        await aws.ApiAsync("put-object", "--bucket", bucket, "--key", "k", "--body", file);
        Assert.Null((await http.GetAsync($"/{bucket}/k")).ShouldBe(200)[Header]);
    }

    private static async Task AssertHitsAsync(SignedHttp http, string path, byte[] content)
    {
        var whole = (await http.GetAsync(path)).ShouldBe(200);
        Assert.Equal(("HIT", "AES256"), (whole.Cache, whole[Header]));
        Assert.True(whole.Body.AsSpan().SequenceEqual(content));
        var range = (await http.GetAsync(path, ("Range", "bytes=5000-14999"))).ShouldBe(206);
        Assert.Equal(("HIT", "AES256"), (range.Cache, range[Header]));
        Assert.Equal(content[5_000..15_000], range.Body);
        Assert.Equal("AES256", (await http.HeadAsync(path)).ShouldBe(200)[Header]);
    }
}
