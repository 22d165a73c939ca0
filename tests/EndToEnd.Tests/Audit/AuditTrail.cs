using System.Diagnostics;
using System.IO.Compression;
using System.Text.Json;
using Amazon.S3;
using Amazon.S3.Model;
using EdgeCache.EndToEnd.Tests.Harness;

namespace EdgeCache.EndToEnd.Tests.Audit;

/// <summary>What is in the audit bucket, against what a client was answered.</summary>
internal static class AuditTrail
{
    private const string Bucket = "cwobject-audit-main";

    /// <summary>Failed deliveries wait up to half a minute for their next attempt, and the machine may be busy.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(3);

    /// <summary>Waits until every answered request is recorded; none may be twice, and no secret at all. The records.</summary>
    public static async Task<IReadOnlyList<JsonElement>> WaitForAsync(
        string endpoint, AuditedClient client, Func<string> output, CancellationToken cancellationToken)
    {
        using var s3 = SdkClient.Create(ProcessDeployment.AccessKeyId, ProcessDeployment.SecretKey, endpoint);
        var read = new Dictionary<string, string>();
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            await ReadNewAsync(s3, read, cancellationToken);
            var text = string.Concat(read.Values);
            var records = text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static l => JsonDocument.Parse(l).RootElement).ToList();
            var seen = records.CountBy(static r => r.GetProperty("requestId").GetString()!).ToDictionary();
            Assert.DoesNotContain(seen, static s => s.Value > 1);
            Assert.All(client.Secrets, secret => Assert.DoesNotContain(secret, text, StringComparison.Ordinal));
            if (client.Answered.Keys.Concat(client.AnsweredByControlPlane.Keys).All(seen.ContainsKey))
            {
                Assert.All(read.Keys, static k => Assert.Matches("^(control|data)-plane/[0-9]{4}/[0-9]{2}/[0-9]{2}/[0-9]{2}/[^/]+[.]jsonl[.]gz$", k));
                return records;
            }

            Assert.True(
                Stopwatch.GetElapsedTime(started) < s_patience,
                "not recorded: " + string.Join(", ", client.Answered.Concat(client.AnsweredByControlPlane).Where(a => !seen.ContainsKey(a.Key)).Take(20)) +
                $"; of {seen.Count} recorded\n{output()}");
            await Task.Delay(500, cancellationToken);
        }
    }

    private static async Task ReadNewAsync(AmazonS3Client s3, Dictionary<string, string> read, CancellationToken cancellationToken)
    {
        string? after = null;
        do
        {
            var page = await s3.ListObjectsV2Async(
                new ListObjectsV2Request { BucketName = Bucket, ContinuationToken = after }, cancellationToken);
            foreach (var item in (page.S3Objects ?? []).Where(o => !read.ContainsKey(o.Key)))
            {
                using var got = await s3.GetObjectAsync(item.BucketName, item.Key, cancellationToken);
                using var lines = new StreamReader(new GZipStream(got.ResponseStream, CompressionMode.Decompress));
                read[item.Key] = await lines.ReadToEndAsync(cancellationToken);
            }

            after = page.NextContinuationToken;
        }
        while (after is not null);
    }
}
