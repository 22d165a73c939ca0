using EdgeCache.Edge.Storage.Eviction;

namespace EdgeCache.Edge.Tests.Storage.Eviction;

public sealed class TouchesTests
{
    [Fact]
    public void The_reader_that_had_a_chunk_fetched_is_no_touch_and_another_is()
    {
        var touches = Touches.By(reader: 1, tick: 100);
        touches.Add(1, 100);
        Assert.Equal(0, touches.Count);

        touches.Add(2, 100);
        touches.Add(2, 101);
        Assert.Equal(1, touches.Count);
        touches.Add(1, 101);
        Assert.Equal(2, touches.Count);
    }

    [Fact]
    public void A_reader_counts_again_after_a_pause_also_across_the_clocks_wrap()
    {
        var pause = Touches.TickOf(Touches.Pause);
        var touches = Touches.By(reader: 1, tick: 65_530);
        touches.Add(1, unchecked((ushort)(65_530 + pause - 1)));
        Assert.Equal(0, touches.Count);

        touches.Add(1, unchecked((ushort)(65_530 + pause)));
        Assert.Equal(1, touches.Count);
    }

    [Fact]
    public void The_count_ends_at_its_maximum_and_is_spent_one_by_one()
    {
        var touches = Touches.By(reader: 0, tick: 0);
        for (byte reader = 1; reader < 10; reader++)
            touches.Add(reader, 0);

        Assert.Equal(Touches.Max, touches.Count);
        Assert.Equal(Touches.Max - 1, touches.Spend().Count);
        Assert.Equal(0, touches.Reset().Spend().Count);
    }

    [Fact]
    public void They_take_no_more_room_than_the_index_has_to_spare() => Assert.Equal(4, System.Runtime.CompilerServices.Unsafe.SizeOf<Touches>());
}
