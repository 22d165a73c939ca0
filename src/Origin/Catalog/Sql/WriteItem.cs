using EdgeCache.Shared.S3;

namespace EdgeCache.Origin.Catalog.Sql;

/// <summary>A mutation in the writer's queue.</summary>
internal abstract class WriteItem
{
    /// <summary>Claims it for execution; false when its caller has cancelled it.</summary>
    public abstract bool TryStart();

    /// <summary>Runs it; false when it refused, and what it wrote must be rolled back.</summary>
    public abstract bool Run(Mutation mutation);

    /// <summary>Tells the caller what <see cref="Run"/> found.</summary>
    public abstract void Complete();

    /// <summary>Tells the caller of a failure to make it durable.</summary>
    public abstract void Refuse(S3Error error);

    /// <summary>Tells the caller of a bug.</summary>
    public abstract void Throw(Exception exception);
}

/// <inheritdoc/>
internal sealed class WriteItem<T> : WriteItem
{
    private const int Waiting = 0, Started = 1, Cancelled = 2;

    private readonly Func<Mutation, Outcome<T>> _body;
    private readonly TaskCompletionSource<Outcome<T>> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenRegistration _registration;
    private Outcome<T> _outcome;
    private int _state;

    public WriteItem(Func<Mutation, Outcome<T>> body, CancellationToken cancellationToken)
    {
        _body = body;
        _registration = cancellationToken.UnsafeRegister(
            static (state, token) =>
            {
                var item = (WriteItem<T>)state!;
                if (Interlocked.CompareExchange(ref item._state, Cancelled, Waiting) == Waiting)
                {
                    item._done.TrySetCanceled(token);
                }
            },
            this);
    }

    /// <summary>Completes when the mutation is durable, refused, failed, or was cancelled before it began.</summary>
    public Task<Outcome<T>> Done => _done.Task;

    /// <inheritdoc/>
    public override bool TryStart()
    {
        _registration.Unregister();
        return Interlocked.CompareExchange(ref _state, Started, Waiting) == Waiting;
    }

    /// <inheritdoc/>
    public override bool Run(Mutation mutation)
    {
        _outcome = _body(mutation);
        return _outcome.Succeeded;
    }

    /// <inheritdoc/>
    public override void Complete() => _done.TrySetResult(_outcome);

    /// <inheritdoc/>
    public override void Refuse(S3Error error) => _done.TrySetResult(error);

    /// <inheritdoc/>
    public override void Throw(Exception exception) => _done.TrySetException(exception);
}
