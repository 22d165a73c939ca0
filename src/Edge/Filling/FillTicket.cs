namespace EdgeCache.Edge.Filling;

/// <summary>What one organization holds of the node's budget. Under the scheduler's lock.</summary>
internal sealed class FillShare(string organization)
{
    public string Organization => organization;

    /// <summary>Bytes of fills that were let go and have not given them back.</summary>
    public long Bytes { get; set; }

    /// <summary>Fetches under way.</summary>
    public int Active { get; set; }

    /// <summary>Fills that wait for their turn.</summary>
    public int Queued { get; set; }

    public bool IsIdle => Bytes == 0 && Active == 0 && Queued == 0;
}

/// <summary>
/// A fill's place in the queue, and then its part of the node's budget: a fetch's slot until <see cref="EndFetch"/>, its bytes until disposed.
/// </summary>
internal sealed class FillTicket(FillScheduler scheduler, FillShare share, FillPriority priority, int bytes) : IDisposable
{
    private readonly TaskCompletionSource _granted = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the fill's turn has come.</summary>
    public Task Granted => _granted.Task;

    /// <summary>Whose share it takes.</summary>
    public FillShare Share => share;

    /// <summary>The memory that the fill needs, in bytes.</summary>
    public int Bytes => bytes;

    /// <summary>How urgent it is now. Under the scheduler's lock.</summary>
    public FillPriority Priority { get; set; } = priority;

    /// <summary>Its place in the queue; null when it does not wait. Under the scheduler's lock.</summary>
    public LinkedListNode<FillTicket>? Place { get; set; }

    /// <summary>Whether it holds bytes of the budget. Under the scheduler's lock.</summary>
    public bool HoldsBytes { get; set; }

    /// <summary>Whether it holds a fetch's slot. Under the scheduler's lock.</summary>
    public bool HoldsSlot { get; set; }

    /// <summary>Makes it more urgent, if it still waits; never less.</summary>
    public void Raise(FillPriority to) => scheduler.Raise(this, to);

    /// <summary>The fetch is over: another may begin. The bytes stay taken.</summary>
    public void EndFetch() => scheduler.EndFetch(this);

    /// <summary>Leaves the queue, or gives back all that it holds.</summary>
    public void Dispose() => scheduler.End(this);

    /// <summary>Tells the fill that its turn has come. Under the scheduler's lock.</summary>
    public void Grant() => _granted.TrySetResult();
}
