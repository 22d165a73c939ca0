using EdgeCache.Edge.Caching;
using EdgeCache.Edge.Upstream;

namespace EdgeCache.Edge.Tests.Caching;

public sealed class FactCacheTests
{
    private const int Many = 16;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_asks_for_the_latest_never_takes_an_answer_to_an_older_question_and_all_who_came_meanwhile_share_the_next()
    {
        await using var facts = await ScriptedFacts.CreateAsync();
        var first = facts.Cache.AskAsync("a", Token).AsTask();
        var later = Enumerable.Range(0, Many).Select(_ => facts.Cache.AskAsync("a", Token).AsTask()).ToArray();
        Assert.Single(facts.Questions);
        facts.Answer("old");
        Assert.Equal("old", (await first).Fact);
        await QuestionAsync(facts, 2);
        Assert.All(later, static l => Assert.False(l.IsCompleted));
        facts.Answer("new");
        Assert.All(await Task.WhenAll(later), static l => Assert.Equal((Freshness.Asked, "new"), (l.Freshness, l.Fact)));
        Assert.Equal(2, facts.Questions.Count);
    }

    [Fact]
    public async Task Asking_for_the_latest_neither_uses_nor_fills_the_cache_and_is_never_stale()
    {
        await using var facts = await ScriptedFacts.CreateAsync();
        await KeepAsync(facts, "cached");
        var latest = facts.Cache.AskAsync("a", Token).AsTask();
        facts.Answer("latest");
        Assert.Equal("latest", (await latest).Fact);
        Assert.Equal("cached", (await facts.Cache.GetAsync("a", Token)).Fact);
        var unknown = facts.Cache.AskAsync("a", Token).AsTask();
        facts.Questions[^1].SetResult((UpstreamFault.Unreachable, null, 0));
        Assert.False((await unknown).IsKnown);
    }

    [Fact]
    public async Task With_a_live_stream_an_older_question_serves_all()
    {
        await using var facts = await ScriptedFacts.CreateAsync();
        var all = Enumerable.Range(0, Many).Select(_ => facts.Cache.GetAsync("a", Token).AsTask()).ToArray();
        facts.Answer("fact");
        Assert.All(await Task.WhenAll(all), static a => Assert.Equal("fact", a.Fact));
        Assert.Single(facts.Questions);
    }

    [Fact]
    public async Task Without_a_live_stream_an_older_question_serves_only_who_sent_it()
    {
        await using var facts = await ScriptedFacts.CreateAsync();
        facts.Time.Advance(TimeSpan.FromSeconds(2));
        var first = facts.Cache.GetAsync("a", Token).AsTask();
        var later = Enumerable.Range(0, Many).Select(_ => facts.Cache.GetAsync("a", Token).AsTask()).ToArray();
        facts.Answer("old");
        Assert.Equal("old", (await first).Fact);
        await QuestionAsync(facts, 2);
        facts.Answer("new");
        Assert.All(await Task.WhenAll(later), static l => Assert.Equal("new", l.Fact));
        Assert.Equal(2, facts.Questions.Count);
    }

    [Fact]
    public async Task An_answer_that_a_change_overtook_is_asked_for_anew()
    {
        await using var facts = await ScriptedFacts.CreateAsync();
        var read = facts.Cache.GetAsync("a", Token).AsTask();
        facts.Hear(2, ScriptedFacts.Changed(2, "a"));
        facts.Answer("old", asOf: 1);
        await QuestionAsync(facts, 2);
        facts.Answer("new", asOf: 2);
        Assert.Equal("new", (await read).Fact);
    }

    private static async Task KeepAsync(ScriptedFacts facts, string fact)
    {
        var read = facts.Cache.GetAsync("a", Token).AsTask();
        facts.Answer(fact);
        Assert.Equal(fact, (await read).Fact);
    }

    /// <summary>Until the question of that number was sent: whoever waits for it goes on by itself.</summary>
    private static async Task QuestionAsync(ScriptedFacts facts, int number)
    {
        while (facts.Questions.Count < number)
        {
            Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
