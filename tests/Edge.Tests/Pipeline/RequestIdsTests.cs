using System.Collections.Concurrent;
using EdgeCache.Edge.Pipeline;

namespace EdgeCache.Edge.Tests.Pipeline;

public sealed class RequestIdsTests
{
    [Fact]
    public void No_two_requests_have_the_same_id()
    {
        var ids = new RequestIds();
        var seen = new ConcurrentDictionary<string, bool>();

        Parallel.For(0, 100_000, _ => Assert.True(seen.TryAdd(ids.Next(), true)));
    }

    [Fact]
    public void An_id_has_sixteen_hexadecimal_digits()
    {
        var ids = new RequestIds();
        Assert.All(Enumerable.Range(0, 1000).Select(_ => ids.Next()), static id => Assert.Matches("^[0-9A-F]{16}$", id));
    }

    [Fact]
    public void Two_processes_give_different_ids() => Assert.NotEqual(new RequestIds().Next(), new RequestIds().Next());
}
