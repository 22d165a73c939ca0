using System.Net;
using System.Text;
using EdgeCache.Edge.Tests.Peers;
using EdgeCache.Shared.Iam;
using EdgeCache.Shared.Replication;

namespace EdgeCache.Edge.Tests.Pipeline;

/// <summary>What bucket configurations mean for reads at the edge.</summary>
public sealed class BucketConfigurationTests
{
    [Fact]
    public async Task A_bucket_whose_acceleration_is_suspended_is_passed_on_even_what_is_cached()
    {
        await using var cluster = await EdgeCluster.StartAsync();
        cluster.Ord.Put(EdgeCluster.Bucket, "a", Encoding.ASCII.GetBytes("bytes"));
        await cluster.CaughtUpAsync();
        await cluster.ReadAsync("a");
        Assert.Empty(cluster.Ord.Passed);

        Configure(cluster, c => c with { IsAccelerated = false });
        await cluster.CaughtUpAsync();
        using (var response = await cluster.GetAsync("a"))
        {
            Assert.Equal("BYPASS", response.Headers.GetValues("x-cache").Single());
            Assert.Contains("acceleration-suspended", response.Headers.GetValues("Cache-Status").Single(), StringComparison.Ordinal);
        }

        Assert.Single(cluster.Ord.Passed);
        Configure(cluster, c => c with { IsAccelerated = true });
        await cluster.CaughtUpAsync();
        using var again = await cluster.GetAsync("a");
        Assert.Equal("HIT", again.Headers.GetValues("x-cache").Single());
        Assert.Single(cluster.Ord.Passed);
    }

    [Fact]
    public async Task A_hit_of_others_in_a_bucket_whose_requesters_pay_must_be_agreed_to()
    {
        await using var cluster = await EdgeCluster.StartAsync();
        cluster.AddBucket(cluster.Ord, "open", CannedAcl.PublicRead);
        cluster.Ord.Put("open", "a", Encoding.ASCII.GetBytes("bytes"), static f => f with { Acl = CannedAcl.PublicRead });
        cluster.Ord.ChangeBucket("open", static b => b with { Configurations = new BucketConfigurations { RequesterPays = true } });
        await cluster.CaughtUpAsync();
        foreach (var (payer, status) in new[] { ("requester", HttpStatusCode.OK), (null, HttpStatusCode.Forbidden), ("requester", HttpStatusCode.OK), ("owner", HttpStatusCode.Forbidden) })
        {
            var request = cluster.Unsigned(HttpMethod.Get, "/open/a");
            if (payer is not null)
            {
                request.Headers.TryAddWithoutValidation("x-amz-request-payer", payer);
            }

            cluster.OtherSigner.Sign(request);
            using var response = await cluster.SendAsync(request);
            Assert.Equal(status, response.StatusCode);
            Assert.Equal(status == HttpStatusCode.OK, response.Headers.Contains("x-amz-request-charged"));
        }
    }

    [Fact]
    public async Task A_website_is_passed_on_to_its_region()
    {
        await using var cluster = await EdgeCluster.StartAsync(static settings => settings["Edge:Domain"] = "example.test");
        var request = cluster.Unsigned(HttpMethod.Get, "/docs/");
        request.Headers.Host = "models.website.las1.example.test";
        using var response = await cluster.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var passed = Assert.Single(cluster.Las.Passed);
        Assert.Equal(("GET", "/docs/", "models.website.las1.example.test"), (passed.Method, passed.RawTarget, passed.Headers["Host"]));
        Assert.Empty(cluster.Ord.Passed);
    }

    private static void Configure(EdgeCluster cluster, Func<BucketConfigurations, BucketConfigurations> change) =>
        cluster.Ord.ChangeBucket(EdgeCluster.Bucket, b => b with { Configurations = change(b.Configurations) });
}
