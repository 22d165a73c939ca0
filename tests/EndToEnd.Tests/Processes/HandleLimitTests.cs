using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Amazon.S3.Model;
using EdgeCache.EndToEnd.Tests.Harness;
using EdgeCache.Shared.SigV4;
using EdgeCache.Testing;

namespace EdgeCache.EndToEnd.Tests.Processes;

/// <summary>An edge that runs out of file handles (EMFILE): the limit of the running process is lowered, and connections take what is left.</summary>
public sealed partial class HandleLimitTests
{
    private const string Bucket = "handles";
    private const int Seed = 17, Size = 9_000_000, Cold = 6;

    /// <summary>Handles that are left when the limit falls.</summary>
    private const int Spare = 6;

    private const int Connections = 64;

    /// <summary>Only ends a test that has failed.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    // Run on demand, since it fails about every other time: without a handle the runtime can't make the pipe that each new thread has, throws
    // OutOfMemoryException from the start of a thread, and where nobody expects that the process ends. The cache itself survives.
    [Fact(Explicit = true)]
    public async Task Without_handles_the_edge_serves_what_it_can_and_recovers_with_nothing_leaked()
    {
        // Small segments: what is stored meanwhile needs new files.
        await using var deployment = await ProcessDeployment.StartAsync(Cancellation, cacheSize: "128MiB");
        using var s3 = SdkClient.Create(ProcessDeployment.AccessKeyId, ProcessDeployment.SecretKey, deployment.Edge.Endpoints.S3);
        await s3.PutBucketAsync(Bucket, Cancellation);
        for (var number = 0; number <= Cold; number++)
        {
            await s3.PutObjectAsync(new PutObjectRequest
            {
                BucketName = Bucket, Key = $"{number}", InputStream = new MemoryStream(ByteStreams.Content(Seed + number, Size)),
            }, Cancellation);
        }

        // One connection that is open before, as a client's would be.
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false, MaxConnectionsPerServer = 1 }) { Timeout = Patience };
        await UntilAsync(async () => await GetAsync(client, deployment, 0) == "HIT");

        var process = deployment.Edge.ProcessId;
        var before = Handles(process);
        var limit = LimitOf(process);
        SetLimit(process, limit with { Soft = (ulong)(before + Spare) });
        var idle = new List<Socket>();
        var failures = 0;
        try
        {
            var port = new Uri(deployment.Edge.Endpoints.S3).Port;
            for (var i = 0; i < Connections; i++)
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                idle.Add(socket);
                await socket.ConnectAsync(IPAddress.Loopback, port, Cancellation);
            }

            await UntilAsync(() => Task.FromResult(Handles(process) >= before + Spare));
            for (var number = 0; number <= Cold; number++)
            {
                if (await GetAsync(client, deployment, number) is null)
                    failures++;
            }

            // What is stored needs no new handle.
            Assert.Equal("HIT", await GetAsync(client, deployment, 0));
        }
        finally
        {
            idle.ForEach(static socket => socket.Dispose());
            Assert.True(Directory.Exists($"/proc/{process}"), $"The edge ended:\n{deployment.Edge.Output}");
            SetLimit(process, limit);
        }

        TestContext.Current.SendDiagnosticMessage($"{failures} of {Cold} cold reads failed while there were no handles");
        using var fresh = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = Patience };
        for (var number = 0; number <= Cold; number++)
            await UntilAsync(async () => await GetAsync(fresh, deployment, number) == "HIT");

        Assert.Equal(process, deployment.Edge.ProcessId);
        var metrics = deployment.Edge.Endpoints.Admin + "/metrics";
        Assert.True(await PrometheusMetrics.SumAsync([metrics], "edgecache_edge_nvme_refused_appends_total", Cancellation, "reason=\"no_segment\"") > 0);
        foreach (var gauge in new[] { "edgecache_edge_fills_active", "edgecache_edge_fills_bytes_in_flight_bytes", "edgecache_edge_nvme_degraded" })
            await UntilAsync(async () => await PrometheusMetrics.SumAsync([metrics], gauge, Cancellation) == 0);

        // Segments, and connections that are kept for the next request, may be more than before; those of the idle clients may not stay.
        await UntilAsync(() => Task.FromResult(Handles(process) < before + (Connections / 2)));
    }

    /// <summary>Reads an object: the value of <c>x-cache</c>; null when it was refused. What is answered with 200 has the right bytes.</summary>
    private static async Task<string?> GetAsync(HttpClient client, ProcessDeployment deployment, int number)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{deployment.Edge.Endpoints.S3}/{Bucket}/{number}");
        new SigV4Signer(ProcessDeployment.AccessKeyId, ProcessDeployment.SecretKey, "us-east-1", TimeProvider.System).Sign(request);
        try
        {
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);
            if (response.StatusCode != HttpStatusCode.OK)
            {
                Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
                return null;
            }

            var bytes = await response.Content.ReadAsByteArrayAsync(Cancellation);
            Assert.Equal(Size, bytes.Length);
            Assert.Equal(-1, ByteStreams.FirstDifference(Seed + number, 0, bytes));
            return response.Headers.GetValues("x-cache").Single();
        }
        catch (HttpRequestException)
        {
            return null; // broken off, rather than short
        }
    }

    private static int Handles(int process) => Directory.EnumerateFileSystemEntries($"/proc/{process}/fd").Count();

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(Patience);
        while (!await condition())
            await Task.Delay(TimeSpan.FromMilliseconds(50), limit.Token);
    }

    private static HandleLimit LimitOf(int process)
    {
        Assert.Equal(0, ReadLimit(process, OpenFiles, IntPtr.Zero, out var limit));
        return limit;
    }

    private static void SetLimit(int process, HandleLimit limit) => Assert.Equal(0, WriteLimit(process, OpenFiles, in limit, IntPtr.Zero));

    private const int OpenFiles = 7; // RLIMIT_NOFILE

    [LibraryImport("libc", EntryPoint = "prlimit", SetLastError = true)]
    private static partial int ReadLimit(int process, int resource, IntPtr none, out HandleLimit old);

    [LibraryImport("libc", EntryPoint = "prlimit", SetLastError = true)]
    private static partial int WriteLimit(int process, int resource, in HandleLimit limit, IntPtr none);

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct HandleLimit(ulong Soft, ulong Hard);
}
