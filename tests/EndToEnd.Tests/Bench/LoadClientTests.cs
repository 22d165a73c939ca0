using System.Net;
using System.Net.Sockets;
using System.Text;
using EdgeCache.EndToEnd.Tests.Harness;
using EdgeCache.Load.Client;
using EdgeCache.Load.Data;

namespace EdgeCache.EndToEnd.Tests.Bench;

public sealed class LoadClientTests
{
    private static readonly SeededBytes Content = SeededBytes.For(3, "object");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0, true)]
    [InlineData(1000, true)]
    [InlineData(1000, false)]
    [InlineData(3_000_000, true)]
    [InlineData(3_000_000, false)]
    public async Task Counts_every_answer_and_byte(int size, bool verify)
    {
        await using var server = new ScriptedServer(Answer(size));
        var result = await RunAsync(server, size, requests: 10, verify);
        Assert.Null(result.FirstError);
        Assert.Equal(10, result.Requests);
        Assert.Equal(10L * size, result.Bytes);
        Assert.Equal(10, result.Latency.Count);
        Assert.Equal(10, result.FirstByte.Count);
    }

    [Fact]
    public async Task A_wrong_byte_is_an_error_when_bodies_are_compared()
    {
        var answer = Answer(3_000_000);
        answer[^1] ^= 1;
        await using var server = new ScriptedServer(answer);
        Assert.Equal(4, (await RunAsync(server, 3_000_000, requests: 4, verify: true)).Errors);
        Assert.Equal(0, (await RunAsync(server, 3_000_000, requests: 4, verify: false)).Errors);
    }

    [Theory]
    [InlineData("HTTP/1.1 503 Slow Down\r\nContent-Length: 4\r\n\r\nslow")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ntoo long")]
    [InlineData("nonsense\r\n\r\n")]
    public async Task Each_bad_answer_counts_once_and_the_run_goes_on(string answer)
    {
        await using var server = new ScriptedServer(Encoding.ASCII.GetBytes(answer));
        var result = await RunAsync(server, size: 4, requests: 6, verify: false);
        Assert.Equal(6, result.Errors);
        Assert.Equal(0, result.Requests);
        Assert.NotNull(result.FirstError);
    }

    [Fact]
    public async Task An_answer_to_HEAD_ends_with_its_head()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the client uses epoll");
        await using var server = new ScriptedServer("HTTP/1.1 200 OK\r\nContent-Length: 3000\r\n\r\n"u8.ToArray());
        var plan = Plan(server, size: 0);
        var head = plan.Requests[0] with { BodyLength = -1, HeadOnly = true };
        var result = await LoadClient.RunAsync(plan with { Requests = [head], RequestLimit = 10 }, Cancellation);
        Assert.Null(result.FirstError);
        Assert.Equal((10, 0), (result.Requests, result.Bytes));
    }

    [Fact]
    public async Task The_first_byte_is_told_once()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the client uses epoll");
        await using var server = new ScriptedServer(Answer(1000));
        var told = 0;
        var result = await LoadClient.RunAsync(Plan(server, 1000) with { RequestLimit = 10, FirstByte = () => told++ }, Cancellation);
        Assert.Equal((10, 1), (result.Requests, told));
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_an_error_not_an_exception()
    {
        var server = new ScriptedServer([]);
        await server.DisposeAsync();
        var result = await RunAsync(server, size: 1, requests: 1, verify: false);
        Assert.Equal(1, result.Errors);
    }

    [Fact]
    public async Task A_URL_given_on_the_command_line_is_read()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the client uses epoll");
        await using var server = new ScriptedServer(Answer(1000));
        var (code, output) = await GetAsync($"http://{server.EndPoint}/object");
        Assert.True(code == 0, output);
        Assert.Contains(" 0 errors", output, StringComparison.Ordinal);
        (code, output) = await GetAsync("object");
        Assert.NotEqual(0, code);
        Assert.Contains("'object' is not an http URL", output, StringComparison.Ordinal);
    }

    [Fact]
    public void An_open_loop_has_a_time_for_every_request()
    {
        var schedule = new OpenLoopSchedule(requestsPerSecond: 1000);
        Assert.True(schedule.TryTake(0, out var first));
        Assert.Equal(0, first);
        Assert.False(schedule.TryTake(999_999, out _));
        Assert.True(schedule.TryTake(50_000_000, out var second));
        Assert.Equal(1_000_000, second);
        Assert.Equal(2_000_000, schedule.NextDue);
    }

    [Fact]
    public async Task In_an_open_loop_requests_that_could_not_be_sent_count_from_when_they_were_due()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the client uses epoll");
        await using var server = new ScriptedServer(answer: null);
        var result = await LoadClient.RunAsync(
            Plan(server, size: 1) with { Connections = 1, Duration = TimeSpan.FromMilliseconds(200), Rate = 100, RequestLimit = null },
            Cancellation);
        Assert.Equal(0, result.Requests);
        Assert.InRange(result.Unanswered, 20, long.MaxValue);
        Assert.Equal(result.Unanswered, result.Latency.Count);
        Assert.InRange(result.Latency.Max, TimeSpan.FromMilliseconds(190), TimeSpan.MaxValue);
    }

    private static async Task<LoadResult> RunAsync(ScriptedServer server, int size, int requests, bool verify)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the client uses epoll");
        return await LoadClient.RunAsync(Plan(server, size) with { RequestLimit = requests, Verify = verify }, Cancellation);
    }

    private static async Task<(int Code, string Output)> GetAsync(string url)
    {
        await using var get = SpawnedProcess.StartAssembly(Assemblies.Load, ["get", url, "--seconds", "0.2"]);
        await get.Process.WaitForExitAsync(Cancellation);
        return (get.Process.ExitCode, get.Output);
    }

    private static LoadPlan Plan(ScriptedServer server, int size) => new()
    {
        EndPoint = server.EndPoint,
        Requests = [new PreparedRequest("GET / HTTP/1.1\r\n\r\n"u8.ToArray(), size, Content, 0)],
        Connections = 2,
        Duration = TimeSpan.FromMinutes(1),
    };

    private static byte[] Answer(int size)
    {
        var head = Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {size}\r\n\r\n");
        var answer = new byte[head.Length + size];
        head.CopyTo(answer, 0);
        Content.Read(0, answer.AsSpan(head.Length));
        return answer;
    }

    /// <summary>Sends the same bytes for whatever it receives; nothing when there are none.</summary>
    private sealed class ScriptedServer : IAsyncDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly CancellationTokenSource _stopping = new();
        private readonly Task _accepting;

        public ScriptedServer(byte[]? answer)
        {
            _listener.Start();
            EndPoint = (IPEndPoint)_listener.LocalEndpoint;
            _accepting = AcceptAsync(answer);
        }

        public IPEndPoint EndPoint { get; }

        public async ValueTask DisposeAsync()
        {
            // Not before the loop is out of it: a stopped listener refuses to be asked.
            await _stopping.CancelAsync();
            await _accepting;
            _listener.Stop();
            _stopping.Dispose();
        }

        private static async Task ServeAsync(TcpClient client, byte[]? answer)
        {
            using (client)
            {
                var request = new byte[1024];
                try
                {
                    while (await client.GetStream().ReadAsync(request) > 0)
                    {
                        await client.GetStream().WriteAsync(answer ?? []);
                    }
                }
                catch (IOException)
                {
                    // The client may leave in the middle of an answer that it finds wrong.
                }
            }
        }

        private async Task AcceptAsync(byte[]? answer)
        {
            var serving = new List<Task>();
            try
            {
                while (true)
                {
                    serving.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stopping.Token), answer));
                }
            }
            catch (OperationCanceledException)
            {
                // The test is over.
            }

            await Task.WhenAll(serving);
        }
    }
}
