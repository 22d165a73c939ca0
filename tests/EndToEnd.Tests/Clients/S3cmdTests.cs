using EdgeCache.EndToEnd.Tests.Harness;
using EdgeCache.Testing;

namespace EdgeCache.EndToEnd.Tests.Clients;

/// <summary>s3cmd through the accelerated endpoint.</summary>
public sealed class S3cmdTests(SharedDeployment deployment)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Makes_fills_inspects_and_removes_a_bucket()
    {
        var found = ClientTool.Find("s3cmd");
        Assert.SkipUnless(found.Count > 0, "s3cmd is not installed");
        using var directory = new TempDirectory();
        var s3cmd = deployment.Tool(found[0], directory.Path);
        var bucket = deployment.NewBucketName();
        var small = Files.Write(directory.Path, "small.bin", 123_456, seed: 1);
        var large = Files.Write(directory.Path, "large.bin", 40_000_000, seed: 2);

        await Run(s3cmd, "mb", $"s3://{bucket}");
        await Run(s3cmd, "put", small, $"s3://{bucket}/dir/small.bin");
        await Run(s3cmd, "put", "--multipart-chunk-size-mb=5", large, $"s3://{bucket}/dir/large.bin");
        await Run(s3cmd, "get", $"s3://{bucket}/dir/small.bin", Path.Combine(directory.Path, "small.down"));
        await Run(s3cmd, "get", $"s3://{bucket}/dir/large.bin", Path.Combine(directory.Path, "large.down"));
        await Files.AssertEqualAsync(small, Path.Combine(directory.Path, "small.down"), Cancellation);
        await Files.AssertEqualAsync(large, Path.Combine(directory.Path, "large.down"), Cancellation);

        var list = await Run(s3cmd, "ls", "-r", $"s3://{bucket}");
        Assert.Contains($"s3://{bucket}/dir/large.bin", list);
        Assert.Contains("40000000", list);
        Assert.Contains("40123456", await Run(s3cmd, "du", $"s3://{bucket}"));
        Assert.Contains("File size: 40000000", await Run(s3cmd, "info", $"s3://{bucket}/dir/large.bin"));
        Assert.Contains("Location:", await Run(s3cmd, "info", $"s3://{bucket}"));
        await Run(s3cmd, "rm", $"s3://{bucket}/dir/small.bin");
        await Run(s3cmd, "del", "--recursive", "--force", $"s3://{bucket}");
        await Run(s3cmd, "rb", $"s3://{bucket}");
        Assert.DoesNotContain(bucket, await Run(s3cmd, "ls"));
    }

    [Fact]
    public async Task Configures_a_bucket()
    {
        var found = ClientTool.Find("s3cmd");
        Assert.SkipUnless(found.Count > 0, "s3cmd is not installed");
        using var directory = new TempDirectory();
        var s3cmd = deployment.Tool(found[0], directory.Path);
        var bucket = $"s3://{deployment.NewBucketName()}";
        var cors = Path.Combine(directory.Path, "cors.xml");
        var lifecycle = Path.Combine(directory.Path, "lifecycle.xml");
        await File.WriteAllTextAsync(
            cors, "<CORSConfiguration><CORSRule><AllowedOrigin>https://a.test</AllowedOrigin><AllowedMethod>GET</AllowedMethod></CORSRule></CORSConfiguration>", Cancellation);
        await File.WriteAllTextAsync(
            lifecycle, "<LifecycleConfiguration><Rule><ID>r</ID><Prefix>old/</Prefix><Status>Enabled</Status><Expiration><Days>9</Days></Expiration></Rule></LifecycleConfiguration>",
            Cancellation);

        await Run(s3cmd, "mb", bucket);
        await Run(s3cmd, "setcors", cors, bucket);
        Assert.Contains("https://a.test", await Run(s3cmd, "info", bucket));
        await Run(s3cmd, "delcors", bucket);
        Assert.DoesNotContain("https://a.test", await Run(s3cmd, "info", bucket));
        await Run(s3cmd, "setlifecycle", lifecycle, bucket);
        Assert.Contains("old/", await Run(s3cmd, "getlifecycle", bucket));
        await Run(s3cmd, "dellifecycle", bucket);
        await Run(s3cmd, "ws-create", "--ws-index=start.html", "--ws-error=sorry.html", bucket);
        var website = await Run(s3cmd, "ws-info", bucket);
        Assert.Contains("start.html", website);
        Assert.Contains("sorry.html", website);
        await Run(s3cmd, "ws-delete", bucket);
        await Run(s3cmd, "rb", bucket);
    }

    private Task<string> Run(ClientTool s3cmd, params string[] arguments)
    {
        var host = new Uri(deployment.Bootstrap.AcceleratedEndpoint).Authority;
        return s3cmd.RunAsync(Cancellation,
        [
            "--no-ssl", "--no-progress", $"--host={host}", $"--host-bucket={host}",
            $"--access_key={deployment.Bootstrap.AccessKeyId}", $"--secret_key={deployment.Bootstrap.SecretKey}", .. arguments,
        ]);
    }
}
