using System.Text;
using EdgeCache.Edge.Tests.Peers;
using EdgeCache.Shared.S3.Lifecycle;

namespace EdgeCache.Edge.Tests.Pipeline;

public sealed class ExpirationHeaderTests
{
    [Fact]
    public async Task A_read_tells_when_the_object_ends_until_the_rule_is_taken_back()
    {
        await using var cluster = await EdgeCluster.StartAsync();
        var rule = new LifecycleRule { Id = "r", IsEnabled = true, Expiration = new LifecycleExpiration(9, null, null) };
        cluster.Ord.ChangeBucket(
            EdgeCluster.Bucket, b => b with { Configurations = b.Configurations with { Lifecycle = new LifecycleConfiguration([rule]) } });
        cluster.Ord.Put(EdgeCluster.Bucket, "a", Encoding.ASCII.GetBytes("bytes"));
        await cluster.CaughtUpAsync();
        for (var i = 0; i < 2; i++)
        {
            using var read = await cluster.GetAsync("a");
            Assert.Equal("expiry-date=\"Sat, 10 Jan 2026 00:00:00 GMT\", rule-id=\"r\"", read.Headers.GetValues("x-amz-expiration").Single());
        }

        cluster.Ord.ChangeBucket(EdgeCluster.Bucket, static b => b with { Configurations = b.Configurations with { Lifecycle = null } });
        await cluster.CaughtUpAsync();
        using var after = await cluster.GetAsync("a");
        Assert.False(after.Headers.Contains("x-amz-expiration"));
    }
}
