using System.Text.Json;
using EdgeCache.EndToEnd.Tests.Harness;
using EdgeCache.Testing;

namespace EdgeCache.EndToEnd.Tests.Clients;

/// <summary>aws-cli, every installed version of it, through the accelerated endpoint.</summary>
public sealed class AwsCliTests(SharedDeployment deployment)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>The installed versions; one row that skips when there is none.</summary>
    public static TheoryData<string> Installed()
    {
        var data = new TheoryData<string>();
        foreach (var path in ClientTool.Find("aws").DefaultIfEmpty(string.Empty))
        {
            data.Add(path);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Installed))]
    public async Task Makes_fills_lists_and_removes_a_bucket(string path)
    {
        using var directory = new TempDirectory();
        var aws = Cli(path, directory);
        var bucket = deployment.NewBucketName();
        var small = Files.Write(directory.Path, "up/small.bin", 10_000, seed: 1);
        var large = Files.Write(directory.Path, "up/sub/large.bin", 30_000_000, seed: 2);
        Files.Write(directory.Path, "up/empty.bin", 0, seed: 3);

        await S3(aws, "mb", $"s3://{bucket}");
        await S3(aws, "cp", small, $"s3://{bucket}/one/small.bin");
        await S3(aws, "cp", large, $"s3://{bucket}/one/large.bin");
        await S3(aws, "cp", $"s3://{bucket}/one/large.bin", Path.Combine(directory.Path, "large.down"));
        await Files.AssertEqualAsync(large, Path.Combine(directory.Path, "large.down"), Cancellation);

        await S3(aws, "sync", Path.Combine(directory.Path, "up"), $"s3://{bucket}/tree");
        await S3(aws, "sync", $"s3://{bucket}/tree", Path.Combine(directory.Path, "down"));
        Assert.Equal(3, (await Files.AssertSameTreeAsync(Path.Combine(directory.Path, "up"), Path.Combine(directory.Path, "down"), Cancellation)).Files);
        Assert.DoesNotContain("upload", await S3(aws, "sync", Path.Combine(directory.Path, "up"), $"s3://{bucket}/tree"));

        Assert.Contains("PRE one/", await S3(aws, "ls", $"s3://{bucket}/"));
        Assert.Contains("large.bin", await S3(aws, "ls", "--recursive", $"s3://{bucket}/tree/"));
        await S3(aws, "mv", $"s3://{bucket}/one/small.bin", $"s3://{bucket}/two/small.bin");
        await S3(aws, "rm", $"s3://{bucket}/two/small.bin");
        await S3(aws, "rm", "--recursive", $"s3://{bucket}/");
        Assert.Equal(string.Empty, (await S3(aws, "ls", "--recursive", $"s3://{bucket}/")).Trim());
        await S3(aws, "rb", $"s3://{bucket}");
        Assert.DoesNotContain(bucket, await S3(aws, "ls"));
    }

    [Theory]
    [MemberData(nameof(Installed))]
    public async Task Reads_ranges_and_metadata_by_s3api(string path)
    {
        using var directory = new TempDirectory();
        var aws = Cli(path, directory);
        var bucket = deployment.NewBucketName();
        var file = Files.Write(directory.Path, "object", 9_000_000, seed: 4);
        var content = await File.ReadAllBytesAsync(file, Cancellation);
        await Api(aws, "create-bucket", "--bucket", bucket, "--create-bucket-configuration", "LocationConstraint=LAS1");
        var put = await Api(aws, "put-object", "--bucket", bucket, "--key", "a b/ü+&=.bin", "--body", file,
            "--metadata", "run=7,owner=me", "--content-type", "application/x-weights");
        var etag = put.GetProperty("ETag").GetString()!;

        Assert.Equal("LAS1", (await Api(aws, "get-bucket-location", "--bucket", bucket)).GetProperty("LocationConstraint").GetString());
        var head = await Api(aws, "head-object", "--bucket", bucket, "--key", "a b/ü+&=.bin");
        Assert.Equal("7", head.GetProperty("Metadata").GetProperty("run").GetString());
        Assert.Equal("application/x-weights", head.GetProperty("ContentType").GetString());
        Assert.Equal(9_000_000, head.GetProperty("ContentLength").GetInt64());

        foreach (var (range, offset, length) in new[] { ("bytes=0-0", 0, 1), ("bytes=4190200-4190215", 4_190_200, 16), ("bytes=-100", 8_999_900, 100), ("bytes=8999990-99999999", 8_999_990, 10) })
        {
            var target = Path.Combine(directory.Path, "range.out");
            var get = await Api(aws, "get-object", "--bucket", bucket, "--key", "a b/ü+&=.bin", "--range", range, target);
            Assert.Equal($"bytes {offset}-{offset + length - 1}/9000000", get.GetProperty("ContentRange").GetString());
            Assert.Equal(content.AsSpan(offset, length).ToArray(), await File.ReadAllBytesAsync(target, Cancellation));
        }

        await aws.RefusedAsync("InvalidRange", "get-object", "--bucket", bucket, "--key", "a b/ü+&=.bin", "--range", "bytes=9000000-", "x");
        await aws.RefusedAsync("304", "get-object", "--bucket", bucket, "--key", "a b/ü+&=.bin", "--if-none-match", etag, "x");
    }

    [Theory]
    [MemberData(nameof(Installed))]
    public async Task A_presigned_link_downloads_with_curl(string path)
    {
        var curl = ClientTool.Find("curl");
        Assert.SkipUnless(curl.Count > 0, "curl is not installed");
        using var directory = new TempDirectory();
        var aws = Cli(path, directory);
        var bucket = deployment.NewBucketName();
        var file = Files.Write(directory.Path, "object", 5_000_000, seed: 5);
        await S3(aws, "mb", $"s3://{bucket}");
        await S3(aws, "cp", file, $"s3://{bucket}/dir/object");

        var link = (await S3(aws, "presign", $"s3://{bucket}/dir/object", "--expires-in", "60")).Trim();
        var target = Path.Combine(directory.Path, "down");
        var tool = deployment.Tool(curl[0], directory.Path);
        await tool.RunAsync(Cancellation, "-sS", "--fail", "-o", target, link);
        await Files.AssertEqualAsync(file, target, Cancellation);

        var denied = await tool.RunAsync(Cancellation, "-sS", "-o", "/dev/null", "-w", "%{http_code}", link[..^4] + "0000");
        Assert.Equal("403", denied);
    }

    [Theory]
    [MemberData(nameof(Installed))]
    public async Task Configures_a_bucket_by_s3api(string path)
    {
        using var directory = new TempDirectory();
        var aws = Cli(path, directory);
        var bucket = deployment.NewBucketName();
        await Api(aws, "create-bucket", "--bucket", bucket);

        await Api(aws, "put-bucket-cors", "--bucket", bucket, "--cors-configuration",
            """{"CORSRules":[{"AllowedOrigins":["https://a.test"],"AllowedMethods":["GET"],"MaxAgeSeconds":60}]}""");
        Assert.Equal(60, (await Api(aws, "get-bucket-cors", "--bucket", bucket)).GetProperty("CORSRules")[0].GetProperty("MaxAgeSeconds").GetInt32());
        await Api(aws, "delete-bucket-cors", "--bucket", bucket);

        await Api(aws, "put-bucket-lifecycle-configuration", "--bucket", bucket, "--lifecycle-configuration",
            """{"Rules":[{"ID":"r","Filter":{"And":{"Prefix":"old/","Tags":[{"Key":"k","Value":"v"}]}},"Status":"Enabled","Expiration":{"Days":9}}]}""");
        var rule = (await Api(aws, "get-bucket-lifecycle-configuration", "--bucket", bucket)).GetProperty("Rules")[0];
        Assert.Equal("old/", rule.GetProperty("Filter").GetProperty("And").GetProperty("Prefix").GetString());
        await Api(aws, "delete-bucket-lifecycle", "--bucket", bucket);

        await Api(aws, "put-bucket-website", "--bucket", bucket, "--website-configuration", """{"IndexDocument":{"Suffix":"index.html"},"ErrorDocument":{"Key":"error.html"}}""");
        Assert.Equal("error.html", (await Api(aws, "get-bucket-website", "--bucket", bucket)).GetProperty("ErrorDocument").GetProperty("Key").GetString());
        await Api(aws, "delete-bucket-website", "--bucket", bucket);

        await Api(aws, "put-bucket-request-payment", "--bucket", bucket, "--request-payment-configuration", "Payer=Requester");
        Assert.Equal("Requester", (await Api(aws, "get-bucket-request-payment", "--bucket", bucket)).GetProperty("Payer").GetString());
        await Api(aws, "put-bucket-accelerate-configuration", "--bucket", bucket, "--accelerate-configuration", "Status=Suspended");
        Assert.Equal("Suspended", (await Api(aws, "get-bucket-accelerate-configuration", "--bucket", bucket)).GetProperty("Status").GetString());
        await Api(aws, "delete-bucket", "--bucket", bucket);
    }

    private AwsCli Cli(string path, TempDirectory directory) => AwsCli.Create(path, deployment.Bootstrap, directory.Path);

    private static Task<string> S3(AwsCli aws, params string[] arguments) => aws.S3Async(arguments);

    private static Task<JsonElement> Api(AwsCli aws, params string[] arguments) => aws.ApiAsync(arguments);
}
