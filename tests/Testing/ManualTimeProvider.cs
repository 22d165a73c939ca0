namespace EdgeCache.Testing;

/// <summary>
/// A clock that moves only by <see cref="Advance"/>. Wall time, timestamps and timers follow it together; timers fire in the order of their due
/// times (ties: the order in which they were armed), each seeing the time at which it was due. Safe for use from any thread.
/// </summary>
public sealed class ManualTimeProvider : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly PriorityQueue<ManualTimer, (DateTimeOffset Due, long Order)> _queue = new();
    private readonly List<(int Count, TaskCompletionSource Reached)> _watchers = [];
    private readonly DateTimeOffset _start;
    private DateTimeOffset _now;
    private long _order;
    private int _armed;

    /// <summary>Starts the clock at <paramref name="start"/>, by default 2026-01-01T00:00:00Z.</summary>
    public ManualTimeProvider(DateTimeOffset? start = null)
    {
        _start = start ?? new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        _now = _start;
    }

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <summary>How many timers wait to fire.</summary>
    public int ArmedTimers
    {
        get
        {
            lock (_gate)
            {
                return _armed;
            }
        }
    }

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate)
        {
            return _now;
        }
    }

    /// <inheritdoc/>
    public override long GetTimestamp() => (GetUtcNow() - _start).Ticks;

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves the clock forward and runs, on the calling thread, every timer that becomes due on the way.</summary>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        DateTimeOffset target;
        lock (_gate)
        {
            target = _now + by;
        }

        while (TakeDue(target) is { } timer)
        {
            timer.Fire();
        }
    }

    /// <summary>
    /// Completes once at least <paramref name="count"/> timers are armed: the way to know that the code under test has reached its wait
    /// before the clock is advanced over it.
    /// </summary>
    public Task WhenArmedAsync(int count, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_armed >= count)
            {
                return Task.CompletedTask;
            }

            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _watchers.Add((count, reached));
            return reached.Task.WaitAsync(cancellationToken);
        }
    }

    private ManualTimer? TakeDue(DateTimeOffset target)
    {
        lock (_gate)
        {
            while (_queue.TryPeek(out var timer, out var key) && key.Due <= target)
            {
                _queue.Dequeue();
                if (timer.ArmedOrder != key.Order)
                {
                    continue; // changed or disposed since: a later entry, if any, stands for it
                }

                Disarm(timer);
                _now = key.Due > _now ? key.Due : _now;
                if (timer.Period is { } period)
                {
                    Arm(timer, _now + period);
                }

                return timer;
            }

            _now = target > _now ? target : _now;
            return null;
        }
    }

    private void Arm(ManualTimer timer, DateTimeOffset due)
    {
        timer.ArmedOrder = ++_order;
        _queue.Enqueue(timer, (due, timer.ArmedOrder));
        _armed++;
        for (var i = _watchers.Count - 1; i >= 0; i--)
        {
            if (_armed >= _watchers[i].Count)
            {
                _watchers[i].Reached.TrySetResult();
                _watchers.RemoveAt(i);
            }
        }
    }

    private void Disarm(ManualTimer timer)
    {
        if (timer.ArmedOrder != 0)
        {
            timer.ArmedOrder = 0;
            _armed--;
        }
    }

    private sealed class ManualTimer(ManualTimeProvider owner, TimerCallback callback, object? state) : ITimer
    {
        private readonly ExecutionContext? _context = ExecutionContext.Capture();
        private bool _disposed;

        /// <summary>The order of the queue entry that stands for this timer; 0 when it is not armed. Guarded by the owner's gate.</summary>
        public long ArmedOrder { get; set; }

        public TimeSpan? Period { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (owner._gate)
            {
                if (_disposed)
                {
                    return false;
                }

                owner.Disarm(this);
                Period = period == Timeout.InfiniteTimeSpan || period == TimeSpan.Zero ? null : period;
                if (dueTime > TimeSpan.Zero)
                {
                    owner.Arm(this, owner._now + dueTime);
                    return true;
                }

                if (dueTime == Timeout.InfiniteTimeSpan)
                {
                    return true;
                }

                if (Period is { } again)
                {
                    owner.Arm(this, owner._now + again);
                }
            }

            // Due at once: on the pool, like a real timer, since the caller may hold locks that the callback takes.
            ThreadPool.UnsafeQueueUserWorkItem(static timer => timer.Fire(), this, preferLocal: false);
            return true;
        }

        public void Fire()
        {
            if (_context is null)
            {
                callback(state);
            }
            else
            {
                ExecutionContext.Run(_context, static self => ((ManualTimer)self!).Invoke(), this);
            }
        }

        public void Dispose()
        {
            lock (owner._gate)
            {
                owner.Disarm(this);
                _disposed = true;
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Invoke() => callback(state);
    }
}
