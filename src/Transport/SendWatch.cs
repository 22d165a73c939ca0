using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace EdgeCache.Transport;

/// <summary>
/// Looks at all connections once a <see cref="Interval"/>, and cuts off those whose client takes nothing. Progress is what the client's kernel has
/// acknowledged, not what ours has taken: that comes in steps of a third of its buffer, which a slow client takes minutes for.
/// </summary>
internal sealed class SendWatch : IDisposable
{
    /// <summary>How often it looks; a timeout is noticed so much later.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<SocketConnection, byte> _connections = [];
    private readonly TransportOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ITimer _timer;

    public SendWatch(TransportOptions options, TimeProvider time, ILogger logger)
    {
        (_options, _time, _logger) = (options, time, logger);
        _timer = time.CreateTimer(static self => ((SendWatch)self!).Look(), this, Interval, Interval);
    }

    /// <summary>A timestamp.</summary>
    public long Now => _time.GetTimestamp();

    /// <summary>The connections that are open.</summary>
    public int Count => _connections.Count;

    public void Add(SocketConnection connection) => _connections.TryAdd(connection, 0);

    public void Remove(SocketConnection connection) => _connections.TryRemove(connection, out _);

    /// <summary>A region could not be sent for its file's sake.</summary>
    public void FileFailed(string connectionId, FileRegionFault fault) => TransportLog.FileFailed(_logger, connectionId, fault);

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        var now = Now;
        foreach (var (connection, _) in _connections)
        {
            var progress = connection.Progress;
            if (!progress.IsWaiting)
            {
                connection.Mark = default;
                continue;
            }

            if (connection.Mark is not { Since: > 0 } mark || progress.Acknowledged > mark.Acknowledged)
            {
                connection.Mark = new SendMark(progress.Acknowledged, now);
            }
            else if (_time.GetElapsedTime(mark.Since, now) >= _options.SendStallTimeout)
            {
                TransportLog.Stalled(_logger, connection.ConnectionId, progress.Acknowledged);
                connection.BreakOff();
                continue;
            }

            if (progress.RegionSince is { } since && _time.GetElapsedTime(since, now) >= _options.RegionTimeout)
            {
                TransportLog.TooSlow(_logger, connection.ConnectionId, progress.Acknowledged);
                connection.BreakOff();
            }
        }
    }
}
