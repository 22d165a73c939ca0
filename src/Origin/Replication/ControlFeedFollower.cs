using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text.Json;
using EdgeCache.Origin.Authentication;
using EdgeCache.Origin.Authorization;
using EdgeCache.Origin.Hosting;
using EdgeCache.Shared.Replication;

namespace EdgeCache.Origin.Replication;

/// <summary>
/// Follows the control plane's change feed and applies it to the cached signing keys and organizations. When the feed falls silent it reconnects
/// with a growing, bounded delay; the position it has reached is kept, so that nothing cached is lost by a short absence.
/// </summary>
internal sealed partial class ControlFeedFollower(
    OriginOptions options, SigningKeyCache keys, OrganizationCache organizations, TimeProvider time, ILogger<ControlFeedFollower> logger) : BackgroundService, IControlFeedStatus
{
    /// <summary>The longest line accepted, in bytes.</summary>
    public const int MaxFrameBytes = 1 << 20;

    private static readonly TimeSpan MinRetryDelay = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan MaxRetryDelay = TimeSpan.FromSeconds(2);

    private long _heardAt = time.GetTimestamp();
    private volatile bool _connected;
    private string _epoch = string.Empty;
    private long _position;

    public bool IsLive => _connected && Silence < FeedFrame.StaleAfter;

    public TimeSpan Silence => time.GetElapsedTime(Volatile.Read(ref _heardAt));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var http = ControlPlaneClient.CreateHttpClient(options, maxConnections: 1);
        http.Timeout = Timeout.InfiniteTimeSpan;
        var delay = MinRetryDelay;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await FollowAsync(http, stoppingToken);
            }
            catch (Exception e) when (e is HttpRequestException or IOException or JsonException or InvalidDataException ||
                                      (e is OperationCanceledException && !stoppingToken.IsCancellationRequested))
            {
                LogLost(_position, e.Message);
            }

            delay = _connected ? MinRetryDelay : TimeSpan.FromTicks(Math.Min(delay.Ticks * 2, MaxRetryDelay.Ticks));
            _connected = false;
            await Task.Delay(delay, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task FollowAsync(HttpClient http, CancellationToken stoppingToken)
    {
        // Renewed by every frame: a feed that is silent for longer than its heartbeats allow is a lost one.
        using var silence = new CancellationTokenSource(FeedFrame.StaleAfter + ControlPlaneClient.Timeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, stoppingToken);
        var query = ControlPlaneClient.Query(("epoch", _epoch), ("after", _position.ToString(CultureInfo.InvariantCulture)));
        var clock = new FeedClock(time);
        using var response = await http.GetAsync(InternalApi.ControlFeed + query, HttpCompletionOption.ResponseHeadersRead, linked.Token);
        response.EnsureSuccessStatusCode();
        var reader = PipeReader.Create(await response.Content.ReadAsStreamAsync(linked.Token));
        while (true)
        {
            var result = await reader.ReadAsync(linked.Token);
            var buffer = result.Buffer;
            while (buffer.PositionOf((byte)'\n') is { } end)
            {
                Apply(buffer.Slice(0, end), clock);
                silence.CancelAfter(FeedFrame.StaleAfter);
                buffer = buffer.Slice(buffer.GetPosition(1, end));
            }

            if (buffer.Length > MaxFrameBytes)
            {
                throw new InvalidDataException("A frame of the control feed is too long.");
            }

            reader.AdvanceTo(buffer.Start, buffer.End);
            if (result.IsCompleted || clock.Age >= FeedClock.MaxAge)
            {
                return;
            }
        }
    }

    private void Apply(ReadOnlySequence<byte> line, FeedClock clock)
    {
        var json = new Utf8JsonReader(line);
        var frame = JsonSerializer.Deserialize(ref json, InternalJson.Default.FeedFrame) ?? throw new JsonException("An empty frame.");
        if (frame.Reset || frame.Epoch != _epoch)
        {
            keys.Clear(frame.Position, newHistory: true);
            organizations.Clear(frame.Position);
            LogReset(frame.Epoch, frame.Position);
        }

        keys.Apply(frame.Records);
        organizations.Apply(frame.Records);
        (_epoch, _position) = (frame.Epoch, frame.Position);
        if (clock.Place(frame) is { } completeAt)
        {
            Volatile.Write(ref _heardAt, completeAt);
        }

        _connected = true;
    }

    [LoggerMessage(2602, LogLevel.Warning, "The control feed was lost at position {Position}: {Reason}")]
    private partial void LogLost(long position, string reason);

    [LoggerMessage(2603, LogLevel.Information, "The control feed starts anew: epoch {Epoch}, position {Position}.")]
    private partial void LogReset(string epoch, long position);
}
