using System.Globalization;
using System.Net.Sockets;
using System.Text;
using EdgeCache.Load.Servers;

namespace EdgeCache.Load.Scenarios;

/// <summary>
/// <c>connections</c>: what connections cost in memory. Idle ones: opened to the edge, one read each, then silent. Slow uploads: a thousand at once through edge
/// and origin, a sixteenth of each body at a time; memory must not depend on how much has come.
/// </summary>
internal sealed class ConnectionsScenario(ScenarioContext context) : Scenario(ScenarioName, context)
{
    public const string ScenarioName = "connections";
    public const string Idle = "edge MB with 10,000 idle";
    public const string Growth = "uploads: growth of both tiers, MB";

    private const int ScaledTo = 10_000;
    private const int Steps = 16;
    private const int UploadSize = 1 << 20;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(1);

    private readonly byte[] _answer = new byte[8192];
    private ProductDeployment? _deployment;
    private ProductProcess? _edge;

    public override async Task PrepareAsync(CancellationToken cancellation)
    {
        _deployment = await DeployAsync(cancellation);
        await _deployment.Account.PutAsync("idle", new ByteArrayContent(new byte[1024]), cancellation);
    }

    public override ValueTask DisposeAsync() => _deployment?.DisposeAsync() ?? ValueTask.CompletedTask;

    protected override async Task MeasureAsync(CancellationToken cancellation)
    {
        // A new edge each round: memory that was taken once is not always given back.
        _edge = await _deployment!.StartEdgeAsync(
            $"LGA{Round}",
            Settings.CacheSize,
            [string.Create(CultureInfo.InvariantCulture, $"--Edge:MaxConnections={Settings.IdleConnections + 100}"), .. Settings.EdgeArguments],
            cancellation);
        await MeasureIdleAsync(cancellation);
        await MeasureUploadsAsync(cancellation);
        await _deployment.StopEdgeAsync(_edge);
    }

    private async Task MeasureIdleAsync(CancellationToken cancellation)
    {
        var request = Encoding.ASCII.GetBytes($"GET {_deployment!.Target(_edge!, HttpMethod.Get, "idle")} HTTP/1.1\r\nHost: {_edge!.EndPoint}\r\n\r\n");
        using (var first = await ConnectAsync(cancellation))
        {
            await ExchangeAsync(first, request, cancellation);
        }

        var before = _edge.Memory;
        var open = new List<Socket>(Settings.IdleConnections);
        try
        {
            // The edge takes fewer where the limit of open files leaves no room for so many, and closes the next.
            while (open.Count < Settings.IdleConnections)
            {
                var socket = await ConnectAsync(cancellation);
                if (!await ExchangeAsync(socket, request, cancellation))
                {
                    socket.Dispose();
                    break;
                }

                open.Add(socket);
            }

            await Task.Delay(Settling, cancellation);
            var (after, count) = (_edge.Memory, Math.Max(1, open.Count));
            var each = (after - before) / (double)count;
            Add("idle connections", open.Count);
            Add("edge MB before", before / 1e6);
            Add("edge MB with them", after / 1e6);
            Add("KB per idle connection", each / 1e3);
            Add(Idle, (before + (each * ScaledTo)) / 1e6);
        }
        finally
        {
            open.ForEach(static socket => socket.Dispose());
        }
    }

    private async Task MeasureUploadsAsync(CancellationToken cancellation)
    {
        var pause = Settings.Duration / 4;
        var piece = new byte[UploadSize / Steps];
        var uploads = new List<Socket>(Settings.SlowUploads);
        var both = new List<long>();
        try
        {
            for (var i = 0; i < Settings.SlowUploads; i++)
            {
                var target = _deployment!.Target(_edge!, HttpMethod.Put, $"slow/{Round}-{i}");
                var socket = await ConnectAsync(cancellation);
                uploads.Add(socket);
                await SendAsync(
                    socket, Encoding.ASCII.GetBytes($"PUT {target} HTTP/1.1\r\nHost: {_edge!.EndPoint}\r\nContent-Length: {UploadSize}\r\n\r\n"), cancellation);
            }

            for (var step = 1; step <= Steps; step++)
            {
                foreach (var socket in uploads)
                {
                    await SendAsync(socket, piece, cancellation);
                }

                await Task.Delay(pause, cancellation);
                both.Add(_edge!.Memory + _deployment!.Origin.Memory);
            }

            foreach (var socket in uploads)
            {
                if (!await AnswersAsync(socket, cancellation))
                {
                    throw new ServerException($"{Name}: a slow upload was answered {Encoding.Latin1.GetString(_answer).Split('\r')[0]}");
                }
            }
        }
        finally
        {
            uploads.ForEach(static socket => socket.Dispose());
        }

        const int quarter = Steps / 4;
        Add("uploads: edge MB", _edge!.Memory / 1e6);
        Add("uploads: origin MB", _deployment!.Origin.Memory / 1e6);
        Add("uploads: both tiers after a quarter, MB", both[quarter - 1] / 1e6);
        Add(Growth, (both[(quarter - 1)..].Max() - both[quarter - 1]) / 1e6);
    }

    private async Task<Socket> ConnectAsync(CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(_edge!.EndPoint, cancellation);
        return socket;
    }

    private static async Task SendAsync(Socket socket, byte[] bytes, CancellationToken cancellation)
    {
        for (var sent = 0; sent < bytes.Length;)
        {
            sent += await socket.SendAsync(bytes.AsMemory(sent), cancellation);
        }
    }

    private async Task<bool> ExchangeAsync(Socket socket, byte[] request, CancellationToken cancellation)
    {
        try
        {
            await SendAsync(socket, request, cancellation);
            return await AnswersAsync(socket, cancellation);
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>Whether what comes begins as a good answer does; false when the connection is closed.</summary>
    private async Task<bool> AnswersAsync(Socket socket, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(Patience);
        var read = await socket.ReceiveAsync(_answer, patience.Token);
        return read > 0 && _answer.AsSpan(0, read).StartsWith("HTTP/1.1 200"u8);
    }
}
