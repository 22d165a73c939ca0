using EdgeCache.Edge.Storage.Memory;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeCache.Edge.Tests.Storage.Memory;

public sealed class StampedeTests
{
    private readonly TaskCompletionSource started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<string> release = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource abandoned = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int calls;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task All_who_ask_at_once_share_one_call()
    {
        await using var cache = await OpenAsync();
        var asked = Enumerable.Range(0, 50).Select(_ => Ask(cache, Cancellation)).ToArray();
        await started.Task.WaitAsync(Cancellation);
        release.SetResult("value");
        Assert.All(await Task.WhenAll(asked), value => Assert.Equal("value", value));
        Assert.Equal(1, calls);
    }

    [Fact]
    public async Task A_caller_that_leaves_does_not_cancel_the_others()
    {
        await using var cache = await OpenAsync();
        using var leaving = new CancellationTokenSource();
        var first = Ask(cache, leaving.Token);
        await started.Task.WaitAsync(Cancellation);
        var second = Ask(cache, Cancellation);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Assert.False(abandoned.Task.IsCompleted);
        release.SetResult("value");
        Assert.Equal("value", await second);
        Assert.Equal(1, calls);
    }

    [Fact]
    public async Task The_last_to_leave_cancels_and_the_next_starts_anew()
    {
        await using var cache = await OpenAsync();
        using var leaving = new CancellationTokenSource();
        var first = Ask(cache, leaving.Token);
        var second = Ask(cache, leaving.Token);
        await started.Task.WaitAsync(Cancellation);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        await abandoned.Task.WaitAsync(Cancellation);
        release.SetResult("value");
        Assert.Equal("value", await Ask(cache, Cancellation));
        Assert.Equal(2, calls);
    }

    [Fact]
    public async Task What_the_factory_throws_reaches_every_waiter_and_is_not_kept()
    {
        await using var cache = await OpenAsync();
        var asked = Enumerable.Range(0, 5).Select(_ => Ask(cache, Cancellation)).ToArray();
        await started.Task.WaitAsync(Cancellation);
        release.SetException(new InvalidOperationException("origin"));
        foreach (var task in asked)
            Assert.Equal("origin", (await Assert.ThrowsAsync<InvalidOperationException>(() => task)).Message);

        Assert.Equal("again", await cache.GetOrCreateAsync("key", _ => ValueTask.FromResult("again"), cancellationToken: Cancellation));
    }

    [Theory]
    [InlineData("key")]
    [InlineData("tag")]
    [InlineData("all")]
    [InlineData("set")]
    public async Task A_removal_overtakes_work_that_is_under_way(string how)
    {
        await using var cache = await OpenAsync();
        var early = Ask(cache, Cancellation);
        await started.Task.WaitAsync(Cancellation);
        await (how switch
        {
            "key" => cache.RemoveAsync("key", Cancellation),
            "tag" => cache.RemoveByTagAsync("tag", Cancellation),
            "all" => cache.RemoveByTagAsync("*", Cancellation),
            _ => cache.SetAsync("key", "new", tags: ["tag"], cancellationToken: Cancellation),
        });

        // Whoever comes now must not get the early answer, neither by joining nor from the cache.
        var late = cache.GetOrCreateAsync("key", _ => ValueTask.FromResult("new"), tags: ["tag"], cancellationToken: Cancellation);
        Assert.Equal("new", await late);
        release.SetResult("old");
        Assert.Equal("old", await early);
        Assert.Equal("new", await cache.GetOrCreateAsync("key", _ => ValueTask.FromResult("new"), tags: ["tag"], cancellationToken: Cancellation));
        Assert.Equal(1, calls);
    }

    [Fact]
    public async Task Callers_with_other_flags_or_types_do_not_share_work()
    {
        await using var cache = await OpenAsync();
        var first = Ask(cache, Cancellation);
        await started.Task.WaitAsync(Cancellation);
        Assert.Null(await cache.GetOrCreateAsync(
            "key", _ => ValueTask.FromResult("x"), new HybridCacheEntryOptions { Flags = HybridCacheEntryFlags.DisableUnderlyingData }, cancellationToken: Cancellation));
        Assert.Equal(5, await cache.GetOrCreateAsync("key", _ => ValueTask.FromResult(5), cancellationToken: Cancellation));
        release.SetResult("value");
        Assert.Equal("value", await first);
    }

    private static Task<FasterHybridCache> OpenAsync() =>
        FasterHybridCache.OpenAsync(new FasterHybridCacheOptions(), null, TimeProvider.System, NullLoggerFactory.Instance, null);

    private Task<string> Ask(FasterHybridCache cache, CancellationToken cancellationToken) => cache.GetOrCreateAsync(
        "key",
        async abandon =>
        {
            Interlocked.Increment(ref calls);
            started.TrySetResult();
            try
            {
                return await release.Task.WaitAsync(abandon);
            }
            catch (OperationCanceledException)
            {
                abandoned.TrySetResult();
                throw;
            }
        },
        tags: ["tag"],
        cancellationToken: cancellationToken).AsTask();
}
