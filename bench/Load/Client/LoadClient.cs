using System.Net.Sockets;

namespace EdgeCache.Load.Client;

/// <summary>
/// Carries out a plan on one thread of its own: an epoll loop over non-blocking sockets that has the kernel drop the bodies, so that one core
/// takes in more than the fastest server under test sends.
/// </summary>
internal sealed class LoadClient : IDisposable
{
    private const int MaxReconnects = 1000;

    // The loop looks at the time and at cancellation at least this often.
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(50);

    private readonly LoadPlan _plan;
    private readonly LoadResult _result = new();
    private readonly LoadClock _clock = new();
    private readonly EpollSet _epoll = new();
    private readonly LoadConnection[] _connections;
    private readonly Stack<int> _idle = new();
    private readonly OpenLoopSchedule? _schedule;
    private long _sent;
    private int _reconnects;

    private LoadClient(LoadPlan plan)
    {
        _plan = plan;
        _schedule = plan.Rate is { } rate ? new OpenLoopSchedule(rate) : null;
        _connections = new LoadConnection[plan.Connections];
    }

    private bool Finished => _reconnects >= MaxReconnects || (_sent >= LimitedBy && _idle.Count == _connections.Length);

    private long LimitedBy => _plan.RequestLimit ?? long.MaxValue;

    /// <summary>
    /// Runs the plan. A server that can't be connected to or breaks connection after connection ends the run early with what was counted;
    /// a cancelled run throws <see cref="OperationCanceledException"/>.
    /// </summary>
    public static Task<LoadResult> RunAsync(LoadPlan plan, CancellationToken cancellation)
    {
        var completion = new TaskCompletionSource<LoadResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            try
            {
                using var client = new LoadClient(plan);
                completion.SetResult(client.Run(cancellation));
            }
            catch (OperationCanceledException)
            {
                completion.SetCanceled(cancellation);
            }
            catch (Exception e)
            {
                completion.SetException(e);
            }
        })
        { IsBackground = true, Name = "load" };
        thread.Start();
        return completion.Task;
    }

    public void Dispose()
    {
        foreach (var connection in _connections)
        {
            connection?.Dispose();
        }

        _epoll.Dispose();
    }

    private LoadResult Run(CancellationToken cancellation)
    {
        try
        {
            for (var i = 0; i < _connections.Length; i++)
            {
                Connect(i);
            }

            Loop(cancellation);
        }
        catch (SocketException e)
        {
            _result.AddError($"connecting to {_plan.EndPoint}: {e.Message}");
        }

        var end = _clock.Now;
        _result.Elapsed = TimeSpan.FromTicks(end / 100);
        CountUnanswered(end);
        return _result;
    }

    private void Loop(CancellationToken cancellation)
    {
        var end = (long)_plan.Duration.TotalNanoseconds;
        for (var i = 0; i < _connections.Length; i++)
        {
            _idle.Push(i);
        }

        SendDue();
        var firstByte = _plan.FirstByte;
        for (var now = _clock.Now; now < end && !Finished; now = _clock.Now)
        {
            cancellation.ThrowIfCancellationRequested();
            var ready = _epoll.Wait(WaitTime(now, end));
            for (var i = 0; i < ready; i++)
            {
                OnReadable(_epoll.Ready(i));
            }

            if (ready > 0)
            {
                firstByte?.Invoke();
                firstByte = null;
            }

            SendDue();
        }
    }

    private TimeSpan WaitTime(long now, long end)
    {
        var until = end;
        if (_schedule is not null && _idle.Count > 0)
        {
            until = Math.Min(until, _schedule.NextDue);
        }

        var wait = TimeSpan.FromTicks(Math.Max(0, until - now) / 100);
        return wait < LongestWait ? wait : LongestWait;
    }

    private void OnReadable(int number)
    {
        var busy = _connections[number].Waiting is not null;
        var progress = _connections[number].Receive(_clock);
        if (progress == Progress.Closed)
        {
            Reconnect(number);
        }

        if (busy && progress != Progress.Pending)
        {
            _idle.Push(number);
        }
    }

    private void SendDue()
    {
        var now = _clock.Now;
        while (_idle.Count > 0 && _sent < LimitedBy && _reconnects < MaxReconnects)
        {
            var due = now;
            if (_schedule is not null && !_schedule.TryTake(now, out due))
            {
                return;
            }

            var number = _idle.Peek();
            var request = _plan.Requests[(int)(_sent++ % _plan.Requests.Count)];
            if (_connections[number].Send(request, due))
            {
                _idle.Pop();
            }
            else
            {
                Reconnect(number);
            }
        }
    }

    private void Connect(int number)
    {
        _connections[number] = new LoadConnection(_plan.EndPoint, _result, _plan.Verify);
        _epoll.Add(_connections[number].Descriptor, number);
    }

    private void Reconnect(int number)
    {
        _reconnects++;
        _epoll.Remove(_connections[number].Descriptor);
        _connections[number].Dispose();
        Connect(number);
    }

    private void CountUnanswered(long end)
    {
        if (_schedule is null)
        {
            return;
        }

        foreach (var connection in _connections)
        {
            if (connection?.Waiting is { } start)
            {
                _result.Unanswered++;
                _result.Latency.Record(end - start);
            }
        }

        while (_plan.RequestLimit is null && _schedule.TryTake(end, out var due))
        {
            _result.Unanswered++;
            _result.Latency.Record(end - due);
        }
    }
}
