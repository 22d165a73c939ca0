using EdgeCache.Edge.Hosting;
using EdgeCache.Shared.Processes;

namespace EdgeCache.Edge.Tests.Hosting;

public sealed class HandleBudgetTests
{
    [Theory]
    [InlineData("20GiB", 524_288, 8192)]
    [InlineData("20GiB", 1024, 189)]
    [InlineData("128MiB", 600, 61)]
    [InlineData("10TiB", 20_000, 0)]
    [InlineData("128MiB", 300, 0)]
    public void Listeners_get_what_the_rest_of_the_edge_leaves(string cacheSize, long limit, int expected)
    {
        var options = new EdgeOptions { CacheSize = cacheSize };
        options.Regions.Add(new EdgeRegionOptions());
        if (expected == 0)
        {
            var e = Assert.Throws<StartupException>(() => HandleBudget.Connections(options, listeners: 2, limit));
            Assert.Contains($"the limit of open files is {limit}", e.Message, StringComparison.Ordinal);
            return;
        }

        var connections = HandleBudget.Connections(options, listeners: 2, limit);
        Assert.Equal(expected, connections);
        Assert.True(3L * connections < limit);
    }

    [Fact]
    public void The_limit_of_this_process_is_known() => Assert.InRange(HandleBudget.Limit(), 64, int.MaxValue - 1);
}
