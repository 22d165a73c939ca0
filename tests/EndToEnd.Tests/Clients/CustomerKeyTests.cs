using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using EdgeCache.EndToEnd.Tests.Harness;
using EdgeCache.Testing;

namespace EdgeCache.EndToEnd.Tests.Clients;

/// <summary>
/// Objects under a customer's own key by <c>aws --sse-c</c>: the edge passes them through, and neither the key nor what it protects stays behind in
/// the edge's cache, in the region's data or in what any of them logs.
/// </summary>
public sealed class CustomerKeyTests
{
    private const string Bucket = "customer-keys";
    private const string FirstKey = "first-customer-key-of-32-letters";
    private const string OtherKey = "other-customer-key-of-32-letters";
    private const int PlainMarkAt = 1_000_000;
    private const int MarkLength = 64;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(AwsCliTests.Installed), MemberType = typeof(AwsCliTests))]
    public async Task The_edge_passes_on_and_keeps_nothing(string path)
    {
        using var directory = new TempDirectory();
        await using var deployment = await ProcessDeployment.StartAsync(Cancellation);
        var accessLog = Path.Combine(directory.Path, "access.log");
        var lines = await ListenAsync(deployment, accessLog);
        var aws = AwsCli.Create(path, deployment.Bootstrap, directory.Path);
        var small = Files.Write(directory.Path, "small", 100_000, seed: 1);
        var large = Files.Write(directory.Path, "large", 9_000_000, seed: 2);
        var plain = Files.Write(directory.Path, "plain", 6_000_000, seed: 3);
        await aws.S3Async("mb", $"s3://{Bucket}");

        await UseAsync(aws, directory, small, large);
        await ReadHeadersAsync(deployment, await File.ReadAllBytesAsync(small, Cancellation));
        await aws.S3Async("cp", plain, $"s3://{Bucket}/plain");
        await aws.S3Async("cp", $"s3://{Bucket}/plain", Path.Combine(directory.Path, "plain.down"));

        Assert.Equal(0, await deployment.Edge.StopAsync(PosixSignal.SIGTERM, Cancellation));
        Assert.Equal(0, await deployment.Origin.StopAsync(PosixSignal.SIGTERM, Cancellation));
        byte[] plainMark = Mark(plain, PlainMarkAt), smallMark = Mark(small, 1000), largeMark = Mark(large, 1000);
        List<byte[]> keys = [.. new[] { FirstKey, OtherKey }.SelectMany(k => new[] { Encoding.ASCII.GetBytes(k), Encoding.ASCII.GetBytes(Base64(k)) })];

        // What is not encrypted is found by the same search: it would find the rest.
        Assert.Equal([plainMark], FindIn(deployment.EdgeDirectory, [plainMark, smallMark, largeMark, .. keys]));
        Assert.Equal([plainMark], FindIn(deployment.OriginDirectory, [plainMark, smallMark, largeMark, .. keys]));
        var logged = string.Join('\n', lines.Append(await File.ReadAllTextAsync(accessLog, Cancellation)));
        Assert.Contains("\"customer_key\"", logged, StringComparison.Ordinal);
        Assert.All(keys, k => Assert.DoesNotContain(Encoding.ASCII.GetString(k), logged, StringComparison.Ordinal));
    }

    /// <summary>Has both tiers log all they can, and gives the lines as they come.</summary>
    private static async Task<ConcurrentQueue<string>> ListenAsync(ProcessDeployment deployment, string accessLog)
    {
        var lines = new ConcurrentQueue<string>();
        deployment.Edge.Set("AccessLog:Path", accessLog);
        foreach (var server in new[] { deployment.Origin, deployment.Edge })
        {
            server.LogLevel = "Trace";
            await server.KillAsync();
            await server.RestartAsync(Cancellation);
            server.Listen(lines.Enqueue);
        }

        return lines;
    }

    private static async Task UseAsync(AwsCli aws, TempDirectory directory, string small, string large)
    {
        var down = Path.Combine(directory.Path, "down");
        string first = KeyFile(directory, FirstKey), other = KeyFile(directory, OtherKey);
        foreach (var (name, file, etag) in new[] { ("small", small, "\""), ("large", large, "-2\"") })
        {
            await aws.S3Async("cp", "--sse-c", "AES256", "--sse-c-key", first, file, $"s3://{Bucket}/{name}");
            await aws.S3Async("cp", "--sse-c", "AES256", "--sse-c-key", first, $"s3://{Bucket}/{name}", down);
            await Files.AssertEqualAsync(file, down, Cancellation);
            var head = await aws.ApiAsync(["head-object", .. Object(name), .. Key(FirstKey)]);
            Assert.Equal("AES256", head.GetProperty("SSECustomerAlgorithm").GetString());
            Assert.Equal(new FileInfo(file).Length, head.GetProperty("ContentLength").GetInt64());
            Assert.EndsWith(etag, head.GetProperty("ETag").GetString(), StringComparison.Ordinal);
        }

        var range = await aws.ApiAsync(["get-object", .. Object("large"), .. Key(FirstKey), "--range", "bytes=8388600-8388615", down]);
        Assert.Equal("bytes 8388600-8388615/9000000", range.GetProperty("ContentRange").GetString());
        Assert.Equal((await File.ReadAllBytesAsync(large, Cancellation))[8_388_600..8_388_616], await File.ReadAllBytesAsync(down, Cancellation));
        await aws.RefusedAsync("InvalidRequest", ["get-object", .. Object("small"), .. Key(OtherKey), down]);
        await aws.RefusedAsync("InvalidRequest", ["get-object", .. Object("small"), down]);
        await aws.RefusedAsync("400", ["head-object", .. Object("small")]);

        await aws.S3Async("cp", "--sse-c-copy-source", "AES256", "--sse-c-copy-source-key", first, "--sse-c", "AES256", "--sse-c-key", other,
            $"s3://{Bucket}/small", $"s3://{Bucket}/copy");
        await aws.RefusedAsync("InvalidRequest", ["get-object", .. Object("copy"), .. Key(FirstKey), down]);
        await aws.ApiAsync(["get-object", .. Object("copy"), .. Key(OtherKey), down]);
        await Files.AssertEqualAsync(small, down, Cancellation);
        string[] wrong = ["--copy-source-sse-customer-algorithm", "AES256", "--copy-source-sse-customer-key", OtherKey];
        await aws.RefusedAsync("InvalidRequest", ["copy-object", .. Object("refused"), "--copy-source", $"{Bucket}/small", .. wrong]);
    }

    private static async Task ReadHeadersAsync(ProcessDeployment deployment, byte[] small)
    {
        const string Prefix = "x-amz-server-side-encryption-customer-";
        using var http = new SignedHttp(deployment.Bootstrap);
        var md5 = Convert.ToBase64String(MD5.HashData(Encoding.ASCII.GetBytes(FirstKey)));
        (string, string)[] key = [(Prefix + "algorithm", "AES256"), (Prefix + "key", Base64(FirstKey)), (Prefix + "key-MD5", md5)];
        var before = await deployment.ObjectReadsAtOriginAsync(Cancellation);
        for (var i = 0; i < 2; i++)
        {
            var answer = (await http.GetAsync($"/{Bucket}/small", key)).ShouldBe(200);
            Assert.Equal(("BYPASS", "AES256", md5), (answer.Cache, answer[Prefix + "algorithm"], answer[Prefix + "key-MD5"]));
            Assert.Contains("fwd=bypass; detail=customer-key", answer["Cache-Status"], StringComparison.Ordinal);
            Assert.DoesNotContain(answer.Headers.Values, v => v.Contains(Base64(FirstKey), StringComparison.Ordinal));
            Assert.True(answer.Body.AsSpan().SequenceEqual(small));
            Assert.Equal("BYPASS", (await http.HeadAsync($"/{Bucket}/small", key)).ShouldBe(200).Cache);
        }

        Assert.Equal(before + 2, await deployment.ObjectReadsAtOriginAsync(Cancellation));
        Assert.DoesNotContain(FirstKey, (await http.GetAsync($"/{Bucket}/small")).ShouldBe(400).Text, StringComparison.Ordinal);
        Assert.Equal(before + 2, await deployment.ObjectReadsAtOriginAsync(Cancellation));
    }

    private static string[] Object(string key) => ["--bucket", Bucket, "--key", key];

    private static string[] Key(string key) => ["--sse-customer-algorithm", "AES256", "--sse-customer-key", key];

    private static string KeyFile(TempDirectory directory, string key)
    {
        var path = Path.Combine(directory.Path, key);
        File.WriteAllText(path, key);
        return "fileb://" + path;
    }

    private static string Base64(string key) => Convert.ToBase64String(Encoding.ASCII.GetBytes(key));

    private static byte[] Mark(string file, int at) => File.ReadAllBytes(file)[at..(at + MarkLength)];

    /// <summary>Which of <paramref name="marks"/> stand in any file below a directory.</summary>
    private static List<byte[]> FindIn(string directory, List<byte[]> marks)
    {
        var found = new HashSet<byte[]>();
        var buffer = new byte[1 << 20];
        foreach (var path in Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories))
        {
            using var file = File.OpenRead(path);
            var kept = 0;
            while (file.Read(buffer.AsSpan(kept)) is var count and > 0)
            {
                var filled = kept + count;
                found.UnionWith(marks.Where(m => buffer.AsSpan(0, filled).IndexOf(m) >= 0));
                kept = Math.Min(MarkLength - 1, filled);
                buffer.AsSpan(filled - kept, kept).CopyTo(buffer);
            }
        }

        return [.. marks.Where(found.Contains)];
    }
}
