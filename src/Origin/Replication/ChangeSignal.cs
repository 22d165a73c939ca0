namespace EdgeCache.Origin.Replication;

/// <summary>A position that only grows, and that any number of readers can wait for.</summary>
internal sealed class ChangeSignal(long position)
{
    private readonly Lock _lock = new();
    private TaskCompletionSource _next = NewSource();
    private long _position = position;

    public long Position => Volatile.Read(ref _position);

    public void Advance(long position)
    {
        TaskCompletionSource reached;
        lock (_lock)
        {
            if (position <= _position)
            {
                return;
            }

            _position = position;
            reached = _next;
            _next = NewSource();
        }

        reached.SetResult();
    }

    public Task WaitBeyondAsync(long position, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return _position > position ? Task.CompletedTask : _next.Task.WaitAsync(cancellationToken);
        }
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
