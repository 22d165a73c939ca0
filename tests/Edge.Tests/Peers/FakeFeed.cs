using System.Text.Json;
using System.Threading.Channels;
using EdgeCache.Shared.Replication;
using Microsoft.AspNetCore.Http;

namespace EdgeCache.Edge.Tests.Peers;

/// <summary>A change feed whose every frame the test decides: nothing is sent but the first frame and what is published.</summary>
internal sealed class FakeFeed(TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly List<ChangeRecord> _records = [];
    private readonly List<(Channel<FeedFrame> Frames, long AskedAt, CancellationTokenSource Cut)> _subscribers = [];
    private readonly Queue<Action> _held = new();
    private long _forgotten;
    private int _arriving;
    private bool _refuses;
    private bool _holds;
    private bool _completes = true;

    public string Epoch { get; private set; } = "epoch-1";

    public long Position { get; private set; } = 1;

    /// <summary>The positions at which subscribers asked to go on, in order.</summary>
    public List<(string Epoch, long After)> Subscriptions { get; } = [];

    public int SubscriptionCount
    {
        get
        {
            lock (_lock)
            {
                return Subscriptions.Count;
            }
        }
    }

    /// <summary>What a subscription waits for on its way here; null: nothing.</summary>
    public Task? Gate { get; set; }

    /// <summary>How many subscriptions wait for the gate.</summary>
    public int Arriving => Volatile.Read(ref _arriving);

    /// <summary>How many connections there are.</summary>
    public int SubscriberCount
    {
        get
        {
            lock (_lock)
            {
                return _subscribers.Count;
            }
        }
    }

    /// <summary>Moves the position without telling anyone.</summary>
    public long Advance()
    {
        lock (_lock)
        {
            return ++Position;
        }
    }

    public long Publish(ChangeKind kind, string bucket, string key) => PublishAt(Advance(), kind, bucket, key);

    public long PublishAt(long sequence, ChangeKind kind, string bucket, string key)
    {
        lock (_lock)
        {
            var record = new ChangeRecord(sequence, kind, bucket, key, DateTimeOffset.UnixEpoch);
            _records.Add(record);
            Send(new FeedFrame(Epoch, Position, false, [record]));
            return sequence;
        }
    }

    public void Heartbeat()
    {
        lock (_lock)
        {
            Send(new FeedFrame(Epoch, Position, false, []));
        }
    }

    /// <summary>Begins another history, as a database restored from a backup would.</summary>
    public void StartEpoch(string epoch)
    {
        lock (_lock)
        {
            (Epoch, Position, _forgotten) = (epoch, 1, 0);
            _records.Clear();
            Send(new FeedFrame(Epoch, Position, true, []));
        }
    }

    /// <summary>Keeps no history up to here, as after many changes.</summary>
    public void Trim()
    {
        lock (_lock)
        {
            _forgotten = Position;
            _records.Clear();
        }
    }

    /// <summary>From now on frames are made, but stay on their way until they are released.</summary>
    public void Hold()
    {
        lock (_lock)
        {
            _holds = true;
        }
    }

    /// <summary>Lets the oldest frames that are on their way arrive.</summary>
    public void Release(int count)
    {
        lock (_lock)
        {
            while (count-- > 0)
            {
                _held.Dequeue()();
            }
        }
    }

    /// <summary>Whether frames say that nothing more is known to follow; true at first.</summary>
    public void Complete(bool completes)
    {
        lock (_lock)
        {
            _completes = completes;
        }
    }

    /// <summary>Breaks all connections and refuses new ones.</summary>
    public void Cut()
    {
        lock (_lock)
        {
            _refuses = true;
            foreach (var (_, _, cut) in _subscribers)
            {
                cut.Cancel();
            }
        }
    }

    public void Mend()
    {
        lock (_lock)
        {
            _refuses = false;
        }
    }

    public async Task ServeAsync(HttpContext context)
    {
        Interlocked.Increment(ref _arriving);
        try
        {
            await (Gate ?? Task.CompletedTask).WaitAsync(context.RequestAborted);
        }
        finally
        {
            Interlocked.Decrement(ref _arriving);
        }

        var askedAt = time.GetTimestamp();
        var epoch = context.Request.Query["epoch"].ToString();
        var after = long.Parse(context.Request.Query["after"].ToString());
        var frames = Channel.CreateUnbounded<FeedFrame>();
        using var cut = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        lock (_lock)
        {
            if (_refuses)
            {
                context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
                return;
            }

            Subscriptions.Add((epoch, after));
            var knows = epoch == Epoch && after >= _forgotten;
            frames.Writer.TryWrite(Stamped(new FeedFrame(Epoch, Position, !knows, knows ? [.. _records.Where(r => r.Sequence > after)] : []), askedAt));
            _subscribers.Add((frames, askedAt, cut));
        }

        try
        {
            await foreach (var frame in frames.Reader.ReadAllAsync(cut.Token))
            {
                await context.Response.WriteAsync(JsonSerializer.Serialize(frame, InternalJson.Default.FeedFrame) + "\n", cut.Token);
                await context.Response.Body.FlushAsync(cut.Token);
            }
        }
        catch (OperationCanceledException)
        {
            context.Abort();
        }
        finally
        {
            lock (_lock)
            {
                _subscribers.RemoveAll(s => s.Frames == frames);
            }
        }
    }

    private void Send(FeedFrame frame)
    {
        foreach (var (frames, askedAt, _) in _subscribers)
        {
            var stamped = Stamped(frame, askedAt);
            if (_holds)
            {
                _held.Enqueue(() => frames.Writer.TryWrite(stamped));
            }
            else
            {
                frames.Writer.TryWrite(stamped);
            }
        }
    }

    private FeedFrame Stamped(FeedFrame frame, long askedAt) =>
        _completes ? frame with { CompleteAt = (long)time.GetElapsedTime(askedAt).TotalMilliseconds } : frame;
}
