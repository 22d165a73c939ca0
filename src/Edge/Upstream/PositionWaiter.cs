namespace EdgeCache.Edge.Upstream;

/// <summary>Someone who waits until a stream reaches a position: a link of an immutable list. Bounded by the requests that wait, each with a timeout.</summary>
internal sealed record PositionWaiter(long Position, PositionWaiter? Next)
{
    public TaskCompletionSource Reached { get; private init; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public static PositionWaiter? Without(PositionWaiter? list, PositionWaiter gone) =>
        list is null ? null : ReferenceEquals(list.Reached, gone.Reached) ? list.Next : list with { Next = Without(list.Next, gone) };
}
