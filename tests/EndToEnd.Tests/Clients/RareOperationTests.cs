using System.Security.Cryptography;
using System.Text;
using EdgeCache.EndToEnd.Tests.Harness;
using EdgeCache.Testing;

namespace EdgeCache.EndToEnd.Tests.Clients;

/// <summary>Torrents, renaming, and what S3 refuses for objects like these, by aws-cli through the edge.</summary>
public sealed class RareOperationTests(SharedDeployment deployment)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(AwsCliTests.Installed), MemberType = typeof(AwsCliTests))]
    public async Task A_torrent_names_the_edge_as_its_seed(string path)
    {
        using var directory = new TempDirectory();
        using var http = new SignedHttp(deployment.Bootstrap);
        var aws = AwsCli.Create(path, deployment.Bootstrap, directory.Path);
        var bucket = deployment.NewBucketName();
        var file = Files.Write(directory.Path, "file", 600_000, seed: 1);
        var torrent = Path.Combine(directory.Path, "torrent");
        await aws.S3Async("mb", $"s3://{bucket}");
        await aws.S3Async("cp", "--sse", "AES256", file, $"s3://{bucket}/dir/some file");

        await aws.ApiAsync("get-object-torrent", "--bucket", bucket, "--key", "dir/some file", torrent);
        var metainfo = Encoding.Latin1.GetString(await File.ReadAllBytesAsync(torrent, Cancellation));
        var seed = $"{deployment.Bootstrap.AcceleratedEndpoint.TrimEnd('/')}/{bucket}/dir/some%20file";
        Assert.Contains($"8:url-list{seed.Length}:{seed}", metainfo, StringComparison.Ordinal);
        Assert.Contains("6:lengthi600000e", metainfo, StringComparison.Ordinal);

        // What a client downloads from the seed, here from the edge's cache, has the hashes of the pieces.
        const string PieceLength = "12:piece lengthi";
        var at = metainfo.IndexOf(PieceLength, StringComparison.Ordinal) + PieceLength.Length;
        var pieceLength = int.Parse(metainfo[at..metainfo.IndexOf('e', at)], System.Globalization.CultureInfo.InvariantCulture);
        await http.GetAsync($"/{bucket}/dir/some%20file");
        var hit = (await http.GetAsync($"/{bucket}/dir/some%20file")).ShouldBe(200);
        Assert.Equal("HIT", hit.Cache);
        var hashes = hit.Body.Chunk(pieceLength).SelectMany(Sha1).ToArray();
        Assert.Contains($"6:pieces{hashes.Length}:{Encoding.Latin1.GetString(hashes)}", metainfo, StringComparison.Ordinal);
        await aws.RefusedAsync("NoSuchKey", "get-object-torrent", "--bucket", bucket, "--key", "none", torrent);
    }

    [Theory]
    [MemberData(nameof(AwsCliTests.Installed), MemberType = typeof(AwsCliTests))]
    public async Task Restoring_and_selecting_are_refused_as_by_S3(string path)
    {
        using var directory = new TempDirectory();
        var aws = AwsCli.Create(path, deployment.Bootstrap, directory.Path);
        var bucket = deployment.NewBucketName();
        await aws.S3Async("mb", $"s3://{bucket}");
        await aws.S3Async("cp", Files.Write(directory.Path, "file", 100, seed: 1), $"s3://{bucket}/k");

        await aws.RefusedAsync("InvalidObjectState", "restore-object", "--bucket", bucket, "--key", "k", "--restore-request", "Days=1");
        await aws.RefusedAsync("NoSuchKey", "restore-object", "--bucket", bucket, "--key", "none", "--restore-request", "Days=1");
        await aws.RefusedAsync("MethodNotAllowed", "select-object-content", "--bucket", bucket, "--key", "k", "--expression", "select * from s3object",
            "--expression-type", "SQL", "--input-serialization", """{"CSV":{}}""", "--output-serialization", """{"CSV":{}}""", Path.Combine(directory.Path, "rows"));
    }

    [Theory]
    [MemberData(nameof(AwsCliTests.Installed), MemberType = typeof(AwsCliTests))]
    public async Task A_rename_is_seen_by_the_next_read(string path)
    {
        using var directory = new TempDirectory();
        using var http = new SignedHttp(deployment.Bootstrap);
        var aws = AwsCli.Create(path, deployment.Bootstrap, directory.Path);
        Assert.SkipUnless(await aws.HasAsync("rename-object"), "this aws-cli can't rename");
        var bucket = deployment.NewBucketName();
        await aws.S3Async("mb", $"s3://{bucket}");
        foreach (var (name, seed) in new[] { ("old", 1), ("new", 2) })
        {
            await aws.S3Async("cp", Files.Write(directory.Path, name, 50_000, seed), $"s3://{bucket}/{name}");
            await http.GetAsync($"/{bucket}/{name}");
            Assert.Equal("HIT", (await http.GetAsync($"/{bucket}/{name}")).ShouldBe(200).Cache);
        }

        await aws.RefusedAsync("PreconditionFailed", "rename-object", "--bucket", bucket, "--key", "new", "--rename-source", "old", "--destination-if-none-match", "*");
        await aws.ApiAsync("rename-object", "--bucket", bucket, "--key", "new", "--rename-source", "old");
        var renamed = (await http.GetAsync($"/{bucket}/new")).ShouldBe(200);
        Assert.Equal(await File.ReadAllBytesAsync(Path.Combine(directory.Path, "old"), Cancellation), renamed.Body);
        (await http.GetAsync($"/{bucket}/old")).ShouldBe(404);
        await aws.RefusedAsync("NoSuchKey", "rename-object", "--bucket", bucket, "--key", "new", "--rename-source", "old");
    }

    private static byte[] Sha1(byte[] piece)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
        hash.AppendData(piece);
        return hash.GetHashAndReset();
    }
}
