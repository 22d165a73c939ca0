namespace EdgeCache.Origin.Tests.ControlPlane;

/// <summary>The machine's clock, set forward by a test: wall time jumps, timers go on at their own pace.</summary>
internal sealed class OffsetTimeProvider : TimeProvider
{
    private long _offset;

    public void Advance(TimeSpan by) => Interlocked.Add(ref _offset, by.Ticks);

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + TimeSpan.FromTicks(Interlocked.Read(ref _offset));
}
