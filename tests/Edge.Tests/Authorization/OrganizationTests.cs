using System.Net;
using EdgeCache.Edge.Tests.Peers;
using EdgeCache.Testing;

namespace EdgeCache.Edge.Tests.Authorization;

public sealed class OrganizationTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Facts_are_asked_for_once_and_anew_when_the_feed_names_the_organization()
    {
        await using var cluster = await StartAsync();
        await cluster.ReadAsync("a");
        await cluster.ReadAsync("a");
        Assert.Equal(1, cluster.Control.OrganizationQuestions);

        await AppliedAsync(cluster, cluster.Control.SetOrganization("other", static o => o with { IsSuspended = true }));
        await cluster.ReadAsync("a");
        Assert.Equal(1, cluster.Control.OrganizationQuestions);
        await AppliedAsync(cluster, cluster.Control.SetOrganization(EdgeCluster.Organization, static o => o));
        await cluster.ReadAsync("a");
        Assert.Equal(2, cluster.Control.OrganizationQuestions);
    }

    [Fact]
    public async Task A_suspended_organization_and_one_without_policies_are_refused_once_the_feed_tells()
    {
        await using var cluster = await StartAsync();
        await cluster.ReadAsync("a");
        await AppliedAsync(cluster, cluster.Control.SetOrganization(EdgeCluster.Organization, static o => o with { IsSuspended = true }));
        await AssertStatusAsync(cluster, HttpStatusCode.Forbidden);
        await AppliedAsync(cluster, cluster.Control.SetOrganization(EdgeCluster.Organization, static o => o with { IsSuspended = false }));
        await AssertStatusAsync(cluster, HttpStatusCode.OK);
        await AppliedAsync(cluster, cluster.Control.SetOrganization(EdgeCluster.Organization, static o => o with { Policies = [] }));
        await AssertStatusAsync(cluster, HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task An_organization_that_nobody_knows_is_refused()
    {
        await using var cluster = await StartAsync();
        cluster.Control.Organizations.Clear();
        await AssertStatusAsync(cluster, HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task When_the_control_feed_is_silent_facts_are_asked_for_again_and_without_an_answer_fail_closed_in_the_end()
    {
        await using var cluster = await StartAsync(static s => s["Edge:ControlPlaneMaxSilence"] = "00:01:00");
        await cluster.ReadAsync("a");
        cluster.Control.Feed.Cut();
        cluster.Time.Advance(TimeSpan.FromSeconds(2));

        // Nobody tells of it, so only the question does.
        cluster.Control.Organizations[EdgeCluster.Organization] = cluster.Control.Organizations[EdgeCluster.Organization] with { IsSuspended = true };
        await AssertStatusAsync(cluster, HttpStatusCode.Forbidden);
        cluster.Control.Organizations[EdgeCluster.Organization] = cluster.Control.Organizations[EdgeCluster.Organization] with { IsSuspended = false };
        await AssertStatusAsync(cluster, HttpStatusCode.OK);

        cluster.Control.IsDown = true;
        await AssertStatusAsync(cluster, HttpStatusCode.OK);
        cluster.Time.Advance(TimeSpan.FromSeconds(61));
        await AssertStatusAsync(cluster, HttpStatusCode.ServiceUnavailable);
    }

    private static async Task<EdgeCluster> StartAsync(Action<Dictionary<string, string?>>? configure = null)
    {
        var cluster = await EdgeCluster.StartAsync(configure);
        cluster.Ord.Put(EdgeCluster.Bucket, "a", ByteStreams.Content(1, 1000));
        await cluster.CaughtUpAsync();
        return cluster;
    }

    private static Task<bool> AppliedAsync(EdgeCluster cluster, long sequence) =>
        cluster.Edge.Parts.Streams[0].WaitForAsync(sequence, TimeSpan.FromHours(1), Token);

    private static async Task AssertStatusAsync(EdgeCluster cluster, HttpStatusCode expected)
    {
        using var response = await cluster.GetAsync("a");
        Assert.Equal(expected, response.StatusCode);
    }
}
