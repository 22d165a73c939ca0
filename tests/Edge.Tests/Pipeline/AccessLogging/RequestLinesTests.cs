using System.Globalization;
using System.Net;
using System.Text.Json;
using EdgeCache.Edge.Tests.Peers;
using EdgeCache.Shared.SigV4;
using EdgeCache.Testing;

namespace EdgeCache.Edge.Tests.Pipeline.AccessLogging;

public sealed class RequestLinesTests : IDisposable
{
    private static readonly byte[] Content = ByteStreams.Content(3, 1000);

    private readonly TempDirectory _directory = new();

    private string File => Path.Combine(_directory.Path, "access.log");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_miss_and_a_hit_have_a_line_each()
    {
        var lines = await LinesAsync(async cluster =>
        {
            cluster.Ord.Put(EdgeCluster.Bucket, "a/\u00e9", Content);
            await cluster.CaughtUpAsync();
            await cluster.ReadAsync("a/%C3%A9");
            await ObjectReadTests.StoredAsync(cluster);
            await cluster.ReadAsync("a/%C3%A9", "bytes=0-9");
        });

        Assert.Equal(2, lines.Count);
        Assert.All(lines, static line =>
        {
            Assert.Equal("GetObject", Text(line, "operation"));
            Assert.Equal(EdgeCluster.Bucket, Text(line, "bucket"));
            Assert.Equal("a/\u00e9", Text(line, "key"));
            Assert.Equal("GET", Text(line, "method"));
            Assert.Equal("ORD1", Text(line, "region"));
            Assert.Equal("127.0.0.1", Text(line, "client"));
            Assert.Equal(EdgeCluster.AccessKey, Text(line, "accessKey"));
            Assert.Equal(16, Text(line, "id")!.Length);
            Assert.True(line.GetProperty("micros").GetInt64() >= line.GetProperty("firstByteMicros").GetInt64());
            Assert.Equal("2026-03-01T12:00:", Text(line, "time")![..17]);
            Assert.True(DateTimeOffset.TryParseExact(Text(line, "time"), "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture, DateTimeStyles.None, out _));
        });
        Assert.Equal(["miss", "hit"], lines.Select(static line => Text(line, "outcome")));
        Assert.Equal(["cold", null], lines.Select(static line => Text(line, "reason")));
        Assert.Equal([200, 206], lines.Select(static line => line.GetProperty("status").GetInt32()));
        Assert.Equal([1000, 10], lines.Select(static line => line.GetProperty("bytes").GetInt32()));
        Assert.Equal([null, "bytes=0-9"], lines.Select(static line => Text(line, "range")));
    }

    [Fact]
    public async Task No_line_has_a_signature_or_a_key_that_was_not_proven()
    {
        string? signature = null;
        var lines = await LinesAsync(async cluster =>
        {
            await cluster.CaughtUpAsync();
            var url = new Uri(cluster.Edge.S3Endpoint, $"/{EdgeCluster.Bucket}/a");
            foreach (var signer in new[] { cluster.Signer, new SigV4Signer(EdgeCluster.AccessKey, "wrong", "us-east-1", cluster.Time) })
            {
                var link = signer.Presign(HttpMethod.Get, url, TimeSpan.FromMinutes(1));
                signature = link.Query[(link.Query.LastIndexOf('=') + 1)..];
                using var response = await cluster.SendAsync(new HttpRequestMessage(HttpMethod.Get, link));
                Assert.NotEqual(HttpStatusCode.OK, response.StatusCode);
                await ToEndAsync(response);
            }
        });

        Assert.Equal(["NoSuchKey", "SignatureDoesNotMatch"], lines.Select(static line => Text(line, "error")));
        Assert.Equal([EdgeCluster.AccessKey, null], lines.Select(static line => Text(line, "accessKey")));
        var text = await System.IO.File.ReadAllTextAsync(File, TestContext.Current.CancellationToken);
        Assert.DoesNotContain(signature!, text, StringComparison.Ordinal);
        Assert.DoesNotContain("X-Amz-", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_passed_on_and_what_cannot_be_parsed_have_lines_too()
    {
        var lines = await LinesAsync(async cluster =>
        {
            await cluster.CaughtUpAsync();
            using var listed = await cluster.SendAsync(cluster.Request(HttpMethod.Get, $"/{EdgeCluster.Bucket}?list-type=2"));
            await ToEndAsync(listed);
            using var unparsable = await cluster.SendAsync(cluster.Request(HttpMethod.Get, "/%zz/a"));
            Assert.Equal(HttpStatusCode.BadRequest, unparsable.StatusCode);
        });

        Assert.Equal(["ListObjectsV2", null], lines.Select(static line => Text(line, "operation")));
        Assert.Equal([null, "/%zz/a"], lines.Select(static line => Text(line, "path")));
        Assert.Equal("not_an_object_read", Text(lines[0], "outcome"));
    }

    [Fact]
    public async Task There_is_no_log_without_a_path()
    {
        await using var cluster = await EdgeCluster.StartAsync();
        Assert.Null(cluster.Edge.Parts.AccessLog);
        cluster.Edge.ReopenLogs();
    }

    private static string? Text(JsonElement line, string name) => line.TryGetProperty(name, out var value) ? value.GetString() : null;

    // On one connection the server begins a request when it is done with the one before.
    private static Task<byte[]> ToEndAsync(HttpResponseMessage response) => response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);

    // The log is complete once the edge has stopped: a request's line comes after its answer.
    private async Task<List<JsonElement>> LinesAsync(Func<EdgeCluster, Task> requests)
    {
        await using (var cluster = await EdgeCluster.StartAsync(settings => settings["Edge:AccessLog:Path"] = File))
        {
            await requests(cluster);
        }

        var lines = await System.IO.File.ReadAllLinesAsync(File, TestContext.Current.CancellationToken);
        return [.. lines.Select(static line => JsonDocument.Parse(line).RootElement)];
    }
}
