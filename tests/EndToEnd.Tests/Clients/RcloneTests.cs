using EdgeCache.EndToEnd.Tests.Harness;
using EdgeCache.Testing;

namespace EdgeCache.EndToEnd.Tests.Clients;

/// <summary>rclone through the accelerated endpoint.</summary>
public sealed class RcloneTests(SharedDeployment deployment)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Copies_checks_and_syncs_a_tree()
    {
        var found = ClientTool.Find("rclone");
        Assert.SkipUnless(found.Count > 0, "rclone is not installed");
        using var directory = new TempDirectory();
        var rclone = deployment.Tool(found[0], directory.Path)
            .With("RCLONE_CONFIG_EC_TYPE", "s3")
            .With("RCLONE_CONFIG_EC_PROVIDER", "Other")
            .With("RCLONE_CONFIG_EC_ENV_AUTH", "true")
            .With("RCLONE_CONFIG_EC_ENDPOINT", deployment.Bootstrap.AcceleratedEndpoint)
            .With("RCLONE_S3_CHUNK_SIZE", "5M")
            .With("RCLONE_S3_UPLOAD_CUTOFF", "5M");
        var bucket = deployment.NewBucketName();
        var tree = Path.Combine(directory.Path, "up");
        for (var i = 0; i < 40; i++)
        {
            Files.Write(tree, $"dir{i % 7}/file {i}.bin", i * 5_000, seed: i);
        }

        Files.Write(tree, "large.bin", 23_000_000, seed: 99);

        await rclone.RunAsync(Cancellation, "mkdir", $"ec:{bucket}");
        await rclone.RunAsync(Cancellation, "copy", tree, $"ec:{bucket}/tree");
        await rclone.RunAsync(Cancellation, "check", tree, $"ec:{bucket}/tree");
        await rclone.RunAsync(Cancellation, "check", "--download", tree, $"ec:{bucket}/tree");
        await rclone.RunAsync(Cancellation, "copy", $"ec:{bucket}/tree", Path.Combine(directory.Path, "down"));
        await Files.AssertSameTreeAsync(tree, Path.Combine(directory.Path, "down"), Cancellation);

        File.Delete(Path.Combine(tree, "dir1", "file 1.bin"));
        Files.Write(tree, "dir2/file 2.bin", 77_777, seed: 100);
        await rclone.RunAsync(Cancellation, "sync", tree, $"ec:{bucket}/tree");
        await rclone.RunAsync(Cancellation, "check", "--download", tree, $"ec:{bucket}/tree");
        await rclone.RunAsync(Cancellation, "purge", $"ec:{bucket}");
    }
}
