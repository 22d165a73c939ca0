using EdgeCache.Edge.Filling;

namespace EdgeCache.Edge.Tests.Filling;

public sealed class FillSchedulerTests
{
    private const int Chunk = 4 << 20;
    private const int Small = 64 << 10;

    [Fact]
    public void One_that_asks_for_hundreds_delays_another_by_one_round_at_most()
    {
        var scheduler = new FillScheduler(maxBytes: 64L * Chunk, maxActive: 2, maxQueued: 4096);
        var greedy = Enter(scheduler, "greedy", 500);
        Assert.Equal(1, scheduler.Active);
        var modest = Enter(scheduler, "modest", 3);

        // The greedy one may not hold both slots, so the other's first goes at once; from then on they take turns.
        Assert.True(modest[0].Granted.IsCompleted);
        Assert.Equal(2, scheduler.Active);
        for (var round = 1; round < modest.Length; round++)
        {
            var doneBefore = Done(greedy);
            End(modest[round - 1]);
            Assert.True(modest[round].Granted.IsCompleted || scheduler.Active == 2);
            while (!modest[round].Granted.IsCompleted)
            {
                End(greedy[Done(greedy) - 1]);
                Assert.InRange(Done(greedy), doneBefore, doneBefore + 2);
            }
        }
    }

    [Fact]
    public void With_a_single_slot_those_who_always_want_take_turns_by_bytes()
    {
        var scheduler = new FillScheduler(maxBytes: 64L * Chunk, maxActive: 1, maxQueued: 4096);
        var large = Enter(scheduler, "large", 200);
        var small = Enter(scheduler, "small", 200 * Chunk / Small / 64, Small);
        long largeBytes = 0, smallBytes = 0;
        var (nextLarge, nextSmall) = (0, 0);
        while (nextSmall < small.Length)
        {
            if (large[nextLarge].Granted.IsCompleted)
            {
                largeBytes += Chunk;
                End(large[nextLarge++]);
            }
            else
            {
                Assert.True(small[nextSmall].Granted.IsCompleted);
                smallBytes += Small;
                End(small[nextSmall++]);
            }

            Assert.InRange(largeBytes - smallBytes, -Chunk, 2 * Chunk);
        }
    }

    [Fact]
    public void The_budget_is_never_exceeded_and_all_of_it_comes_back()
    {
        const int seed = 11;
        const long budget = 16L * Chunk;
        TestContext.Current.SendDiagnosticMessage("seed {0}", seed);
        var random = new Random(seed);
        var scheduler = new FillScheduler(budget, maxActive: 12, maxQueued: 300);
        var waiting = new List<FillTicket>();
        var running = new List<FillTicket>();
        for (var step = 0; step < 20_000; step++)
        {
            if (random.Next(100) < 55 &&
                scheduler.TryEnter($"o{random.Next(9)}", (FillPriority)random.Next(3), random.Next(2) == 0 ? Chunk : Small) is { } entered)
            {
                waiting.Add(entered);
            }
            else if (random.Next(2) == 0 && running.Count > 0)
            {
                running[random.Next(running.Count)].EndFetch();
            }
            else if (running.Count > 0)
            {
                Take(running).Dispose();
            }

            if (waiting.Count > 0 && random.Next(20) == 0)
            {
                Take(waiting).Dispose();
            }

            if (waiting.Count > 0)
            {
                waiting[random.Next(waiting.Count)].Raise((FillPriority)random.Next(3));
            }

            running.AddRange(waiting.Where(static t => t.Granted.IsCompleted));
            waiting.RemoveAll(static t => t.Granted.IsCompleted);
            Assert.InRange(scheduler.BytesInFlight, 0, budget);
            Assert.Equal(running.Sum(static t => (long)t.Bytes), scheduler.BytesInFlight);
            Assert.InRange(scheduler.Active, 0, 12);
            Assert.InRange(waiting.Count, 0, 300);
        }

        while (running.Count + waiting.Count > 0)
        {
            Take(running.Count > 0 ? running : waiting).Dispose();
        }

        Assert.Equal(0, scheduler.BytesInFlight);
        Assert.Equal(0, scheduler.Active);
        Assert.All(Enum.GetValues<FillPriority>(), p => Assert.Equal(0, scheduler.Queued(p)));

        FillTicket Take(List<FillTicket> from)
        {
            var at = random.Next(from.Count);
            var ticket = from[at];
            from.RemoveAt(at);
            return ticket;
        }
    }

    [Fact]
    public void Foreground_goes_before_read_ahead_and_read_ahead_before_warm_up()
    {
        var scheduler = new FillScheduler(64L * Chunk, maxActive: 1, maxQueued: 100);
        var running = scheduler.TryEnter("a", FillPriority.Foreground, Chunk)!;
        var warm = scheduler.TryEnter("a", FillPriority.WarmUp, Chunk)!;
        var ahead = scheduler.TryEnter("a", FillPriority.ReadAhead, Chunk)!;
        var foreground = scheduler.TryEnter("b", FillPriority.Foreground, Chunk)!;
        foreach (var next in new[] { foreground, ahead, warm })
        {
            Assert.False(next.Granted.IsCompleted);
            running.Dispose();
            Assert.True(next.Granted.IsCompleted);
            running = next;
        }
    }

    [Fact]
    public void What_a_foreground_reader_waits_for_is_raised()
    {
        var scheduler = new FillScheduler(64L * Chunk, maxActive: 1, maxQueued: 100);
        var running = scheduler.TryEnter("a", FillPriority.Foreground, Chunk)!;
        var first = scheduler.TryEnter("a", FillPriority.WarmUp, Chunk)!;
        var second = scheduler.TryEnter("a", FillPriority.WarmUp, Chunk)!;
        second.Raise(FillPriority.Foreground);
        second.Raise(FillPriority.WarmUp);
        running.Dispose();
        Assert.True(second.Granted.IsCompleted);
        Assert.False(first.Granted.IsCompleted);
    }

    [Fact]
    public void Warm_up_takes_half_of_the_budget_read_ahead_six_eighths_and_foreground_finds_room_at_once()
    {
        var scheduler = new FillScheduler(16L * Chunk, maxActive: 64, maxQueued: 100);
        Assert.Equal(8, Done(Enter(scheduler, "a", 20, Chunk, FillPriority.WarmUp)));
        Assert.Equal(4, Done(Enter(scheduler, "a", 20, Chunk, FillPriority.ReadAhead)));
        Assert.Equal(2, Done(Enter(scheduler, "a", 20)));
        Assert.Equal(2, Done(Enter(scheduler, "b", 20)));
        Assert.Equal(16L * Chunk, scheduler.BytesInFlight);
    }

    [Fact]
    public void A_large_fill_is_not_passed_by_small_ones_of_less_urgency()
    {
        var scheduler = new FillScheduler(4L * Chunk, maxActive: 64, maxQueued: 100);
        var running = Enter(scheduler, "a", 3);
        running = [.. running, .. Enter(scheduler, "b", 1, Chunk - Small)];
        var large = scheduler.TryEnter("b", FillPriority.Foreground, Chunk)!;
        var small = scheduler.TryEnter("b", FillPriority.WarmUp, Small)!;
        Assert.False(large.Granted.IsCompleted);
        Assert.False(small.Granted.IsCompleted);
        running[0].Dispose();
        Assert.True(large.Granted.IsCompleted);
    }

    [Fact]
    public void Queues_are_bounded_and_a_full_one_leaves_room_for_others()
    {
        var scheduler = new FillScheduler(16L * Chunk, maxActive: 1, maxQueued: 64);
        var running = scheduler.TryEnter("a", FillPriority.Foreground, Chunk);
        Assert.NotNull(running);
        Assert.Equal(32, Admitted("a"));
        Assert.Equal(16, Admitted("b"));
        Assert.Equal(8, Admitted("c"));

        int Admitted(string organization) => Enumerable.Range(0, 100).Count(_ => scheduler.TryEnter(organization, FillPriority.Foreground, Chunk) is not null);
    }

    [Fact]
    public void A_slot_returns_with_the_fetch_and_the_bytes_with_the_end()
    {
        var scheduler = new FillScheduler(16L * Chunk, maxActive: 1, maxQueued: 64);
        var first = scheduler.TryEnter("a", FillPriority.Foreground, Chunk)!;
        var second = scheduler.TryEnter("a", FillPriority.Foreground, Chunk)!;
        first.EndFetch();
        Assert.True(second.Granted.IsCompleted);
        Assert.Equal(2L * Chunk, scheduler.BytesInFlight);
        first.Dispose();
        first.Dispose();
        Assert.Equal(Chunk, scheduler.BytesInFlight);
        Assert.Equal(1, scheduler.Active);
    }

    private static FillTicket[] Enter(FillScheduler scheduler, string organization, int count, int bytes = Chunk, FillPriority priority = FillPriority.Foreground) =>
        [.. Enumerable.Range(0, count).Select(_ => scheduler.TryEnter(organization, priority, bytes)!)];

    private static int Done(FillTicket[] tickets) => tickets.Count(static t => t.Granted.IsCompleted);

    private static void End(FillTicket ticket)
    {
        Assert.True(ticket.Granted.IsCompleted);
        ticket.Dispose();
    }
}
