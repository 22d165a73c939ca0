using EdgeCache.Edge.Storage;

namespace EdgeCache.Edge.Administration.Warming;

/// <summary>The warm-ups of this edge: a few run, some wait, and the latest that ended are remembered. They end with the process; what they fetched stays.</summary>
internal sealed class WarmJobs(WarmRunner runner, ChunkCache store, TimeProvider time, ILogger<WarmJobs> logger) : IAsyncDisposable
{
    /// <summary>How many run at once.</summary>
    public const int MaxRunning = 2;

    /// <summary>How many may run or wait.</summary>
    public const int MaxUnfinished = 64;

    /// <summary>How many that have ended are remembered.</summary>
    public const int MaxRemembered = 64;

    private readonly Lock _lock = new();
    private readonly List<(WarmJob Job, Task Run)> _jobs = [];
    private readonly SemaphoreSlim _turns = new(MaxRunning, MaxRunning);
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>Newest first.</summary>
    public List<WarmJob> All
    {
        get
        {
            lock (_lock)
            {
                return [.. _jobs.Select(static j => j.Job).Reverse()];
            }
        }
    }

    /// <summary>Begins a warm-up, or queues it.</summary>
    /// <exception cref="AdminException">Too many wait already, or the edge stops.</exception>
    public WarmJob Start(WarmRequest request, string bucket, string by)
    {
        lock (_lock)
        {
            if (_stopping.IsCancellationRequested)
            {
                throw AdminException.Unavailable("The edge is stopping.");
            }

            if (_jobs.Count(static j => !j.Job.HasEnded) >= MaxUnfinished)
            {
                throw new AdminException(StatusCodes.Status429TooManyRequests, "too_many_requests", $"{MaxUnfinished} warm-ups run or wait already.");
            }

            var job = new WarmJob(
                Guid.NewGuid().ToString("N")[..16], request, bucket, by, time.GetUtcNow(), CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token));
            _jobs.Add((job, Task.Run(() => RunAsync(job))));
            Forget();
            return job;
        }
    }

    /// <summary>The warm-up of that name.</summary>
    /// <exception cref="AdminException">There is none.</exception>
    public WarmJob Find(string id) =>
        All.Find(j => j.Id == id) ?? throw AdminException.NotFound($"There is no warm-up '{id}'; those that ended long ago are forgotten.");

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        List<(WarmJob Job, Task Run)> all;
        lock (_lock)
        {
            all = [.. _jobs];
        }

        await Task.WhenAll(all.Select(static j => j.Run));
        foreach (var (job, _) in all)
        {
            job.Dispose();
        }

        _turns.Dispose();
        _stopping.Dispose();
    }

    private async Task RunAsync(WarmJob job)
    {
        using var deadline = job.Request.DeadlineSeconds is { } seconds
            ? new CancellationTokenSource(TimeSpan.FromSeconds(seconds), time)
            : new CancellationTokenSource();
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, job.Stopping);
        try
        {
            await _turns.WaitAsync(ending.Token);
            try
            {
                await runner.RunAsync(job, ending.Token);
            }
            finally
            {
                _turns.Release();
            }
        }
        catch (OperationCanceledException)
        {
            job.End(
                job.IsCancelled || !deadline.IsCancellationRequested ? WarmState.Cancelled : WarmState.Expired, time.GetUtcNow(), job.CountResident(store),
                job.IsCancelled ? null : deadline.IsCancellationRequested ? "The deadline has passed." : "The edge was stopped.");
        }
        catch (AdminException e)
        {
            job.End(WarmState.Failed, time.GetUtcNow(), job.CountResident(store), e.Message);
        }
        catch (Exception e)
        {
            // Nobody awaits a warm-up while it runs: whatever happens must show in its status.
            AdminLog.WarmUpFailed(logger, e, job.Id);
            job.End(WarmState.Failed, time.GetUtcNow(), job.CountResident(store), "It failed; the edge's log says why.");
        }

        var status = job.Status(time.GetUtcNow());
        AdminLog.WarmedUp(logger, job.Id, status.State, status.ResidentBytes ?? 0, status.Bytes);
    }

    /// <summary>Under the lock.</summary>
    private void Forget()
    {
        while (_jobs.Count(static j => j.Job.HasEnded && j.Run.IsCompleted) > MaxRemembered)
        {
            var oldest = _jobs.FindIndex(static j => j.Job.HasEnded && j.Run.IsCompleted);
            _jobs[oldest].Job.Dispose();
            _jobs.RemoveAt(oldest);
        }
    }
}
