using EdgeCache.Shared.Replication;

namespace EdgeCache.Edge.Upstream;

/// <summary>
/// Replaces a feed's connection without a gap: the old one is followed until the new one stands. One that grows old is replaced, and so is one whose
/// subscription was answered late, as all its frames then seem late: under load, or on a network that was slow just then, it would keep the feed from being
/// live for as long as it lasts.
/// </summary>
internal sealed class FeedRenewal(Func<CancellationToken, Task<FeedConnection?>> open, TimeProvider time)
{
    /// <summary>Doubt that leaves most of <see cref="FeedFrame.StaleAfter"/> to heartbeats and their way.</summary>
    private static readonly TimeSpan TolerableDoubt = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaxPause = TimeSpan.FromMinutes(1);

    private Task<FeedConnection?>? _next;
    private long _triedAt = time.GetTimestamp();
    private TimeSpan _pause = FirstPause;

    /// <summary>The connection to follow from now on; called after each frame.</summary>
    public FeedConnection Renew(FeedConnection connection, CancellationToken cancellationToken)
    {
        var isOld = connection.Age >= FeedClock.MaxAge;
        if (_next is { IsCompleted: true } opened)
        {
            _next = null;
            if (!opened.IsCompletedSuccessfully || opened.Result is not { } young)
            {
                return connection;
            }

            var (better, worse) = isOld || young.Doubt < connection.Doubt ? (young, connection) : (connection, young);
            worse.Dispose();
            return better;
        }

        if (_next is null && (isOld || connection.Doubt > TolerableDoubt) && time.GetElapsedTime(_triedAt) >= _pause)
        {
            _triedAt = time.GetTimestamp();
            _pause = isOld ? FirstPause : _pause * 2 < MaxPause ? _pause * 2 : MaxPause;
            _next = open(cancellationToken);
        }

        return connection;
    }

    /// <summary>Gives up what is being opened; its token is cancelled.</summary>
    public async Task EndAsync()
    {
        try
        {
            if (_next is not null && await _next is { } connection)
            {
                connection.Dispose();
            }
        }
        catch (Exception e) when (FeedFollower.IsBroken(e))
        {
            // It never stood.
        }
    }
}
