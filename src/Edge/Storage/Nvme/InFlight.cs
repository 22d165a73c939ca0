namespace EdgeCache.Edge.Storage.Nvme;

/// <summary>Counts operations under way, and tells when the last one has ended after no more are let in.</summary>
internal sealed class InFlight
{
    private readonly Lock gate = new();
    private readonly TaskCompletionSource drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int count;
    private bool closed;

    /// <summary>Registers an operation; false once closed.</summary>
    public bool TryEnter()
    {
        lock (gate)
        {
            if (closed)
                return false;

            count++;
            return true;
        }
    }

    /// <summary>Ends an operation that entered.</summary>
    public void Exit()
    {
        lock (gate)
        {
            if (--count == 0 && closed)
                drained.TrySetResult();
        }
    }

    /// <summary>Lets no operation in any more; completes with the last that is under way.</summary>
    public Task CloseAsync()
    {
        lock (gate)
        {
            closed = true;
            if (count == 0)
                drained.TrySetResult();
        }

        return drained.Task;
    }
}
