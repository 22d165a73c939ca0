using System.Net;
using System.Net.Sockets;
using Amazon.S3.Model;
using EdgeCache.EndToEnd.Tests.Harness;
using EdgeCache.Shared.SigV4;
using EdgeCache.Testing;

namespace EdgeCache.EndToEnd.Tests.Processes;

/// <summary>An edge under a low limit of open files never comes to EMFILE: clients get what the rest of it leaves.</summary>
public sealed class HandleLimitTests
{
    private const string Bucket = "handles";
    private const int Seed = 17, Size = 9_000_000, Cold = 6;

    /// <summary>What the edge may have open.</summary>
    private const int MaxHandles = 600;

    private const int Connections = 1500;

    /// <summary>Only ends a test that has failed.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Floods_of_connections_leave_an_edge_with_few_handles_what_it_needs()
    {
        // Small segments: what is stored meanwhile needs new files.
        await using var deployment = await ProcessDeployment.StartAsync(Cancellation, cacheSize: "128MiB");
        deployment.Edge.MaxHandles = MaxHandles;
        await deployment.Edge.RestartAsync(Cancellation);
        Assert.Contains("The limit of open files", deployment.Edge.Output, StringComparison.Ordinal);
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
        var idle = new List<Socket>();
        try
        {
            var port = new Uri(deployment.Edge.Endpoints.S3).Port;
            for (var i = 0; i < Connections; i++)
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                idle.Add(socket);
                await socket.ConnectAsync(IPAddress.Loopback, port, Cancellation);
            }

            // Those beyond the bound are closed, the others wait for a request: nothing of what was open before suffers.
            await UntilAsync(() => Task.FromResult(idle.Count(static s => s.Poll(0, SelectMode.SelectRead)) > Connections / 2));
            for (var number = 0; number <= Cold; number++)
                Assert.NotNull(await GetAsync(client, deployment, number));

            Assert.InRange(Handles(process), 1, MaxHandles - 1);
            using var admin = new HttpClient(new SocketsHttpHandler { UseProxy = false });
            Assert.Equal("ok\n", await admin.GetStringAsync(deployment.Edge.Endpoints.Admin + "/healthz", Cancellation));
        }
        finally
        {
            idle.ForEach(static socket => socket.Dispose());
        }

        using var fresh = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = Patience };
        await UntilAsync(async () => await GetAsync(fresh, deployment, 1) is not null);
        Assert.Equal(process, deployment.Edge.ProcessId);
    }

    [Fact]
    public async Task An_edge_that_could_not_serve_with_so_few_handles_says_how_many_it_needs()
    {
        using var directory = new TempDirectory();
        await using var edge = SpawnedProcess.StartLimited(Assemblies.Edge, handles: 300, [
            $"--Edge:DataDirectory={directory.Path}", "--Edge:ClusterSecret=a-secret-for-this-test-only", "--Edge:ControlPlaneAdminUrl=http://127.0.0.1:1",
            "--Edge:Regions:0:Name=ORD1", "--Edge:Regions:0:S3Url=http://127.0.0.1:1", "--Edge:Regions:0:AdminUrl=http://127.0.0.1:1",
            "--Edge:S3Url=http://127.0.0.1:0", "--Edge:AdminUrl=http://127.0.0.1:0", "--Edge:CacheSize=128MiB",
        ]);
        await edge.Process.WaitForExitAsync(Cancellation);
        edge.Process.WaitForExit();
        Assert.Equal(2, edge.Process.ExitCode);
        Assert.Contains("the limit of open files is 300, and at least", edge.Output, StringComparison.Ordinal);
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
}
