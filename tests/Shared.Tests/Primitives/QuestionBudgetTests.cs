using EdgeCache.Shared.Primitives;
using EdgeCache.Testing;

namespace EdgeCache.Shared.Tests.Primitives;

public sealed class QuestionBudgetTests
{
    private readonly ManualTimeProvider _time = new(DateTimeOffset.UnixEpoch);

    [Fact]
    public void Keys_never_found_share_a_rate_and_a_burst()
    {
        var budget = new QuestionBudget(3, _time);
        Assert.Equal(3 * QuestionBudget.BurstSeconds, Take(budget, 100));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(3, Take(budget, 100));
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(3 * QuestionBudget.BurstSeconds, Take(budget, 100));
    }

    [Fact]
    public void A_key_that_was_found_does_not_wait_behind_them()
    {
        var budget = new QuestionBudget(1, _time);
        budget.Found("good");
        Take(budget, 100);
        Assert.True(budget.TryTake("good"));
        Assert.False(budget.TryTake("bad"));
    }

    [Fact]
    public void What_is_remembered_is_bounded_and_the_keys_in_use_stay()
    {
        var budget = new QuestionBudget(1, _time);
        Take(budget, 100);
        for (var i = 0; i < 3 * QuestionBudget.MaxSeen; i++)
        {
            budget.Found($"key-{i}");
            if (i % 1000 == 0)
            {
                _time.Advance(TimeSpan.FromMilliseconds(10));
                budget.Found("used");
            }
        }

        Assert.True(budget.TryTake("used"));
        Take(budget, 100);
        Assert.False(budget.TryTake("key-0"));
    }

    private static int Take(QuestionBudget budget, int times) => Enumerable.Range(0, times).Count(i => budget.TryTake($"unknown-{i}"));
}
