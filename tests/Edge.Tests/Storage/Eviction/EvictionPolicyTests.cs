using EdgeCache.Edge.Storage.Eviction;
using EdgeCache.Testing;

namespace EdgeCache.Edge.Tests.Storage.Eviction;

public sealed class EvictionPolicyTests
{
    private const long Capacity = 1 << 30;
    private const int Bytes = 4 << 20;

    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void While_there_is_room_everything_is_admitted()
    {
        var policy = EvictionPolicy.For(Capacity, writeBytesPerSecond: 1, _time);

        Assert.All(Enumerable.Range(0, 1000), i => Assert.Equal(Admission.Main, policy.Admit((ulong)i, Bytes, mainHasRoom: true)));
    }

    [Fact]
    public void A_touched_chunk_moves_on_from_either_log()
    {
        var policy = EvictionPolicy.For(Capacity, writeBytesPerSecond: null, _time);

        Assert.True(policy.Promotes(7, Bytes, touches: 1));
        Assert.True(policy.Reinserts(7, Bytes, touches: 1));
        Assert.False(policy.Reinserts(7, Bytes, touches: 0));
    }

    [Fact]
    public void Over_the_write_budget_the_first_touch_is_refused_and_the_second_admitted()
    {
        var policy = EvictionPolicy.For(Capacity, writeBytesPerSecond: Bytes, _time);
        var next = Exhaust(policy);

        Assert.Equal(Admission.Small, policy.Admit(next, Bytes, mainHasRoom: false));

        // What had to be written overdrew the budget: a second pays the debt, the next one buys a first touch.
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(Admission.Refused, policy.Admit(next + 1, Bytes, mainHasRoom: false));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(Admission.Small, policy.Admit(next + 2, Bytes, mainHasRoom: false));
    }

    [Fact]
    public void A_chunk_evicted_from_either_log_untouched_is_admitted_over_the_budget_when_it_comes_back()
    {
        var policy = EvictionPolicy.For(Capacity, writeBytesPerSecond: Bytes, _time);
        var next = Exhaust(policy);

        Assert.False(policy.Promotes(7, Bytes, touches: 0));
        Assert.False(policy.Reinserts(8, Bytes, touches: 0));

        Assert.Equal(Admission.Small, policy.Admit(7, Bytes, mainHasRoom: false));
        Assert.Equal(Admission.Small, policy.Admit(8, Bytes, mainHasRoom: false));
        Assert.Equal(Admission.Refused, policy.Admit(next + 1, Bytes, mainHasRoom: false));
    }

    [Fact]
    public void What_an_operator_orders_passes_the_budget_and_probation()
    {
        var policy = EvictionPolicy.For(Capacity, writeBytesPerSecond: Bytes, _time);
        var next = Exhaust(policy);

        Assert.Equal(Admission.Main, policy.AdmitOrdered(next + 1, Bytes));
        Assert.Equal(Admission.Refused, policy.Admit(next + 2, Bytes, mainHasRoom: false));
    }

    private static ulong Exhaust(EvictionPolicy policy)
    {
        ulong next = 100;
        while (policy.Admit(next, Bytes, mainHasRoom: false) != Admission.Refused)
            next++;

        Assert.InRange(next - 100, 1UL, (ulong)(Capacity / 20 / Bytes) + 1);
        return next;
    }
}
