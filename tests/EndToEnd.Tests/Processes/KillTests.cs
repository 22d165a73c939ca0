using System.Globalization;
using System.Net;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using EdgeCache.EndToEnd.Tests.Harness;

namespace EdgeCache.EndToEnd.Tests.Processes;

/// <summary>SIGKILL to origin and edge, again and again, under concurrent uploads and downloads through the edge.</summary>
public sealed class KillTests : IDisposable
{
    private const int Writers = 4;
    private const int Readers = 4;
    private const int KeysPerWriter = 6;
    private const int WarmObjects = 12;
    private const int MaxOperationsBetweenKills = 24;
    private const int MaxUploadsBetweenKills = 6;
    private const int MultipartThreshold = 5 * 1024 * 1024;
    private const string Bucket = "kill-bucket";

    private readonly RevisionLedger _ledger = new(Writers * KeysPerWriter);
    private readonly SemaphoreSlim _operations = new(0);
    private readonly SemaphoreSlim _uploads = new(0);
    private long _reads;
    private long _writes;

    public void Dispose()
    {
        _operations.Dispose();
        _uploads.Dispose();
    }

    [Fact]
    public async Task Nothing_acknowledged_is_lost_nothing_corrupt_is_served_and_the_edge_stays_warm()
    {
        var cycles = int.Parse(Environment.GetEnvironmentVariable("EDGECACHE_KILL_CYCLES") ?? "50", CultureInfo.InvariantCulture);
        var seed = int.Parse(Environment.GetEnvironmentVariable("EDGECACHE_SEED") ?? "20261122", CultureInfo.InvariantCulture);
        var random = new Random(seed);
        var cancellation = TestContext.Current.CancellationToken;
        await using var deployment = await ProcessDeployment.StartAsync(cancellation);
        using var s3 = Client(deployment.Edge.Endpoints.S3);
        await s3.PutBucketAsync(Bucket, cancellation);
        for (var i = 0; i < WarmObjects; i++)
        {
            await PutAsync(s3, WarmName(i), RevisionLedger.Content(1000, i), cancellation);
            await AssertWarmObjectAsync(s3, i, cancellation);
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var clients = Enumerable.Range(0, Writers).Select(w => WriteAsync(s3, w, stop.Token))
            .Concat(Enumerable.Range(0, Readers).Select(r => ReadAsync(s3, seed + r, stop.Token))).ToArray();
        for (var cycle = 0; cycle < cycles; cycle++)
        {
            var description = $"cycle {cycle}: no operation succeeded for a minute\n{deployment.Edge.Output}\n{deployment.Origin.Output}";
            await AwaitAsync(_uploads, random.Next(1, MaxUploadsBetweenKills), clients, description, cancellation);
            await AwaitAsync(_operations, random.Next(1, MaxOperationsBetweenKills), clients, description, cancellation);

            var victim = random.Next(2) == 0 ? deployment.Origin : deployment.Edge;
            await victim.KillAsync();
            await victim.RestartAsync(cancellation);
        }

        await stop.CancelAsync();
        await Task.WhenAll(clients);
        TestContext.Current.SendDiagnosticMessage($"{cycles} kills, seed {seed}: {_writes} uploads acknowledged, {_reads} downloads verified");

        await AssertAllStoredAsync(deployment, cancellation);
        await AssertEdgeIsWarmAfterKillAsync(deployment, s3, cancellation);
    }

    private static AmazonS3Client Client(string endpoint) => SdkClient.Create(ProcessDeployment.AccessKeyId, ProcessDeployment.SecretKey, endpoint);

    private static string WarmName(int i) => $"warm/{i}";

    private static async Task AssertWarmObjectAsync(AmazonS3Client s3, int i, CancellationToken cancellationToken)
    {
        using var got = await s3.GetObjectAsync(Bucket, WarmName(i), cancellationToken);
        Assert.True((await SdkClient.ReadAsync(got, cancellationToken)).AsSpan().SequenceEqual(RevisionLedger.Content(1000, i)), $"{WarmName(i)} differs");
    }

    private static async Task AssertEdgeIsWarmAfterKillAsync(ProcessDeployment deployment, AmazonS3Client s3, CancellationToken cancellationToken)
    {
        for (var i = 0; i < WarmObjects; i++)
        {
            await AssertWarmObjectAsync(s3, i, cancellationToken);
        }

        var before = await deployment.ObjectReadsAtOriginAsync(cancellationToken);
        await deployment.Edge.KillAsync();
        await deployment.Edge.RestartAsync(cancellationToken);
        for (var i = 0; i < WarmObjects; i++)
        {
            await AssertWarmObjectAsync(s3, i, cancellationToken);
        }

        Assert.Equal(before, await deployment.ObjectReadsAtOriginAsync(cancellationToken));
    }

    /// <summary>An interrupted request is what kills are for; the errors that must not happen are those that say something untrue.</summary>
    private static bool IsInterruption(Exception e) => e switch
    {
        AmazonS3Exception s3 => s3.StatusCode is HttpStatusCode.ServiceUnavailable or HttpStatusCode.InternalServerError or HttpStatusCode.BadGateway
            or HttpStatusCode.GatewayTimeout || s3.StatusCode == 0 || (s3.ErrorCode == "NoSuchUpload"),
        AmazonClientException or HttpRequestException or IOException or TimeoutException => true,
        OperationCanceledException => true,
        _ => false,
    };

    private static async Task AwaitAsync(SemaphoreSlim progress, int count, Task[] clients, string description, CancellationToken cancellationToken)
    {
        for (var i = 0; i < count; i++)
        {
            Assert.True(await progress.WaitAsync(TimeSpan.FromMinutes(1), cancellationToken), description);
            FailWithFirst(clients);
        }
    }

    private static void FailWithFirst(Task[] clients)
    {
        foreach (var client in clients)
        {
            if (client.IsFaulted)
            {
                throw client.Exception!;
            }
        }
    }

    private async Task WriteAsync(AmazonS3Client s3, int writer, CancellationToken stop)
    {
        for (var i = 0; !stop.IsCancellationRequested; i++)
        {
            var key = (writer * KeysPerWriter) + (i % KeysPerWriter);
            var revision = _ledger.BeginRevision(key);
            try
            {
                await PutAsync(s3, RevisionLedger.Name(key), RevisionLedger.Content(key, revision), stop);
                _ledger.Acknowledge(key, revision);
                Interlocked.Increment(ref _writes);
                _uploads.Release();
                _operations.Release();
            }
            catch (Exception e) when (IsInterruption(e))
            {
                await Task.Yield();
            }
        }
    }

    private async Task ReadAsync(AmazonS3Client s3, int seed, CancellationToken stop)
    {
        var random = new Random(seed);
        while (!stop.IsCancellationRequested)
        {
            var key = random.Next(_ledger.Keys);
            var atLeast = _ledger.Acknowledged(key);
            if (atLeast == 0)
            {
                await Task.Yield();
                continue;
            }

            byte[] body;
            try
            {
                using var got = await s3.GetObjectAsync(Bucket, RevisionLedger.Name(key), stop);
                body = await SdkClient.ReadAsync(got, stop);
            }
            catch (Exception e) when (IsInterruption(e))
            {
                await Task.Yield();
                continue;
            }

            _ledger.AssertAllowed(key, body, atLeast);
            Interlocked.Increment(ref _reads);
            _operations.Release();
        }
    }

    private static async Task PutAsync(AmazonS3Client s3, string name, byte[] content, CancellationToken cancellationToken)
    {
        if (content.Length <= MultipartThreshold)
        {
            await s3.PutObjectAsync(new PutObjectRequest { BucketName = Bucket, Key = name, InputStream = new MemoryStream(content) }, cancellationToken);
            return;
        }

        var upload = await s3.InitiateMultipartUploadAsync(Bucket, name, cancellationToken);
        var parts = new List<PartETag>();
        for (var offset = 0; offset < content.Length; offset += MultipartThreshold)
        {
            var length = Math.Min(MultipartThreshold, content.Length - offset);
            var part = await s3.UploadPartAsync(
                new UploadPartRequest
                {
                    BucketName = Bucket, Key = name, UploadId = upload.UploadId, PartNumber = parts.Count + 1, PartSize = length,
                    InputStream = new MemoryStream(content, offset, length),
                },
                cancellationToken);
            parts.Add(new PartETag(part));
        }

        await s3.CompleteMultipartUploadAsync(
            new CompleteMultipartUploadRequest { BucketName = Bucket, Key = name, UploadId = upload.UploadId, PartETags = parts }, cancellationToken);
    }

    private async Task AssertAllStoredAsync(ProcessDeployment deployment, CancellationToken cancellationToken)
    {
        foreach (var endpoint in new[] { deployment.Origin.Endpoints.S3, deployment.Edge.Endpoints.S3 })
        {
            using var s3 = Client(endpoint);
            for (var key = 0; key < _ledger.Keys; key++)
            {
                if (_ledger.Acknowledged(key) == 0)
                {
                    continue;
                }

                using var got = await s3.GetObjectAsync(Bucket, RevisionLedger.Name(key), cancellationToken);
                _ledger.AssertAllowed(key, await SdkClient.ReadAsync(got, cancellationToken), _ledger.Acknowledged(key));
            }
        }
    }
}
