using System.IO.Compression;
using System.Net;
using System.Text.Json;
using EdgeCache.Shared.Audit;

namespace EdgeCache.Origin.Tests.Audit;

/// <summary>Reads the audit log of the first organization back from its bucket.</summary>
internal static class AuditLogs
{
    public const string Bucket = "cwobject-audit-main";

    /// <summary>An origin whose batches are delivered soon.</summary>
    public static Task<TestOrigin> StartAsync(params (string Name, string Value)[] settings)
    {
        var overrides = new Dictionary<string, string?> { ["Origin:Audit:MaxBatchAge"] = "00:00:00.1" };
        foreach (var (name, value) in settings)
        {
            overrides[name] = value;
        }

        return TestOrigin.StartAsync(overrides);
    }

    /// <summary>Waits for so many batches; their keys.</summary>
    public static async Task<IReadOnlyList<string>> ListAuditAsync(this TestOrigin origin, int atLeast)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(2));
        while (true)
        {
            var list = await origin.Client.GetAsync($"/{Bucket}?prefix=data-plane/");
            if (list.Status == HttpStatusCode.OK && list.Values("Key") is var keys && keys.Count >= atLeast)
            {
                return keys;
            }

            await Task.Delay(50, limit.Token);
        }
    }

    /// <summary>Waits for so many records of buckets other than the audit bucket itself.</summary>
    public static async Task<List<JsonElement>> ReadAuditAsync(this TestOrigin origin, int count)
    {
        var read = new Dictionary<string, List<JsonElement>>();
        while (true)
        {
            foreach (var key in (await origin.ListAuditAsync(1)).Where(k => !read.ContainsKey(k)))
            {
                Assert.Matches("^data-plane/[0-9]{4}/[0-9]{2}/[0-9]{2}/[0-9]{2}/.*-origin.ORD1.jsonl.gz$", key);
                var body = (await origin.Client.GetAsync($"/{Bucket}/{key}")).ShouldBe(HttpStatusCode.OK).Body;
                using var lines = new StreamReader(new GZipStream(new MemoryStream(body), CompressionMode.Decompress));
                read[key] = [.. (await lines.ReadToEndAsync(TestContext.Current.CancellationToken)).Split('\n', StringSplitOptions.RemoveEmptyEntries)
                    .Select(static l => JsonDocument.Parse(l).RootElement)];
            }

            var records = read.Values.SelectMany(static r => r).Where(static r => !AuditBucket.IsNameOfOne(Text(r, "bucketName") ?? "")).ToList();
            if (records.Count >= count)
            {
                return records;
            }
        }
    }

    public static string Id(S3Answer answer) => answer["x-amz-request-id"]!;

    public static int Status(JsonElement record) => record.GetProperty("status").GetInt32();

    public static string? Text(JsonElement record, string name) => record.TryGetProperty(name, out var value) ? value.GetString() : null;
}
