using System.Net;
using System.Text.Json;
using EdgeCache.Edge.Tests.Peers;
using EdgeCache.Shared.Replication;
using EdgeCache.Testing;

namespace EdgeCache.Edge.Tests.Administration;

public sealed class AdminApiTests
{
    private static readonly (HttpMethod Method, string Path)[] Endpoints =
    [
        (HttpMethod.Post, "/v1/edge/warm"), (HttpMethod.Get, "/v1/edge/warm"), (HttpMethod.Get, "/v1/edge/warm/x"), (HttpMethod.Get, "/v1/edge/warm/x/objects"),
        (HttpMethod.Delete, "/v1/edge/warm/x"), (HttpMethod.Get, "/v1/edge/residency?bucket=models"), (HttpMethod.Post, "/v1/edge/purge"),
        (HttpMethod.Get, "/v1/edge/pins"), (HttpMethod.Post, "/v1/edge/pins"), (HttpMethod.Delete, "/v1/edge/pins?bucket=models&key=a"),
        (HttpMethod.Get, "/v1/edge/drain"), (HttpMethod.Post, "/v1/edge/drain"), (HttpMethod.Delete, "/v1/edge/drain"),
    ];

    [Fact]
    public async Task Nothing_is_done_without_an_admin_token()
    {
        await using var cluster = await AdminClient.StartClusterAsync();
        var admin = new AdminClient(cluster);
        foreach (var (method, path) in Endpoints)
        {
            cluster.Time.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal(HttpStatusCode.Unauthorized, (await admin.SendAsync(method, path, "{}", token: null)).Status);
            Assert.Equal(HttpStatusCode.Unauthorized, (await admin.SendAsync(method, path, "{}", token: EdgeCluster.Secret)).Status);
        }

        Assert.Equal(HttpStatusCode.OK, (await admin.SendAsync(HttpMethod.Get, "/v1/edge/drain")).Status);
        Assert.False((await admin.SendAsync(HttpMethod.Get, "/v1/edge/drain")).Body.GetProperty("isDraining").GetBoolean());
    }

    [Fact]
    public async Task Guessing_tokens_is_limited_and_does_not_lock_the_operator_out()
    {
        await using var cluster = await AdminClient.StartClusterAsync();
        var admin = new AdminClient(cluster);
        var statuses = new List<HttpStatusCode>();
        for (var i = 0; i < 8; i++)
        {
            statuses.Add((await admin.SendAsync(HttpMethod.Get, "/v1/edge/warm", token: $"guess-{i}")).Status);
        }

        Assert.Equal(HttpStatusCode.Unauthorized, statuses[0]);
        Assert.Equal(HttpStatusCode.TooManyRequests, statuses[^1]);
        Assert.Equal(HttpStatusCode.OK, (await admin.SendAsync(HttpMethod.Get, "/v1/edge/warm")).Status);
    }

    [Fact]
    public async Task Without_configured_tokens_the_API_is_off()
    {
        await using var cluster = await EdgeCluster.StartAsync();
        Assert.Equal(HttpStatusCode.Forbidden, (await new AdminClient(cluster).SendAsync(HttpMethod.Get, "/v1/edge/warm")).Status);
    }

    [Fact]
    public async Task Residency_tells_what_is_here_page_by_page()
    {
        await using var cluster = await AdminClient.StartClusterAsync();
        var admin = new AdminClient(cluster);
        for (var i = 0; i < 8; i++)
        {
            cluster.Ord.Put(EdgeCluster.Bucket, $"p/{i}", ByteStreams.Content(i, 5_000_000));
        }

        await cluster.ReadAsync("p/3");
        await cluster.ReadAsync("p/6", "bytes=4900000-4999999");

        var found = new List<JsonElement>();
        for (string? after = ""; after is not null;)
        {
            var (_, page) = await admin.SendAsync(HttpMethod.Get, $"/v1/edge/residency?bucket=models&prefix=p/&limit=3&after={after}");
            found.AddRange(page.GetProperty("objects").EnumerateArray());
            after = page.TryGetProperty("next", out var next) ? next.GetString() : null;
        }

        Assert.Equal(Enumerable.Range(0, 8).Select(static i => $"p/{i}"), found.Select(static o => o.GetProperty("key").GetString()));
        Assert.Equal(5_000_000, found[3].GetProperty("residentBytes").GetInt64());
        Assert.Equal(0, found[0].GetProperty("residentBytes").GetInt64());
        Assert.InRange(found[6].GetProperty("residentBytes").GetInt64(), 100_000, 4_999_999);
        Assert.Equal(HttpStatusCode.BadRequest, (await admin.SendAsync(HttpMethod.Get, "/v1/edge/residency")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await admin.SendAsync(HttpMethod.Get, "/v1/edge/residency?bucket=models&limit=1001")).Status);
    }

    [Theory]
    [InlineData("""{"bucket":"models","key":"p/1"}""", 1)]
    [InlineData("""{"bucket":"models","prefix":"p/"}""", 4)]
    [InlineData("""{"bucket":"models","all":true}""", 5)]
    public async Task What_is_purged_is_fetched_anew(string body, int expected)
    {
        await using var cluster = await AdminClient.StartClusterAsync();
        var admin = new AdminClient(cluster);
        foreach (var key in (string[])["p/1", "p/1x", "p/2", "p/3", "q"])
        {
            cluster.Ord.Put(EdgeCluster.Bucket, key, ByteStreams.Content(1, 5_000_000));
            await cluster.ReadAsync(key);
        }

        var (status, result) = await admin.SendAsync(HttpMethod.Post, "/v1/edge/purge", body);
        Assert.Equal((HttpStatusCode.OK, expected), (status, result.GetProperty("objects").GetInt32()));
        Assert.Equal(2 * expected, result.GetProperty("chunks").GetInt32());

        cluster.Ord.Ranges.Clear();
        foreach (var key in (string[])["p/1", "p/1x", "p/2", "p/3", "q"])
        {
            Assert.Equal(ByteStreams.Content(1, 5_000_000), await cluster.ReadAsync(key));
        }

        Assert.Equal(expected, cluster.Ord.Ranges.Select(static r => r.Key).Distinct().Count());
    }

    [Fact]
    public async Task Draining_ends_readiness_and_asks_clients_to_close_and_can_be_taken_back()
    {
        await using var cluster = await AdminClient.StartClusterAsync();
        var admin = new AdminClient(cluster);
        cluster.Ord.Put(EdgeCluster.Bucket, "a", ByteStreams.Content(1, 100));
        Assert.True((await admin.SendAsync(HttpMethod.Post, "/v1/edge/drain")).Body.GetProperty("isDraining").GetBoolean());
        using (var ready = await cluster.Client.GetAsync(new Uri(cluster.Edge.AdminEndpoint, "/readyz"), TestContext.Current.CancellationToken))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
            Assert.Contains("draining", await ready.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }

        using (var served = await cluster.GetAsync("a"))
        {
            Assert.Equal((HttpStatusCode.OK, true), (served.StatusCode, served.Headers.ConnectionClose));
        }

        Assert.False((await admin.SendAsync(HttpMethod.Delete, "/v1/edge/drain")).Body.GetProperty("isDraining").GetBoolean());
        using var again = await cluster.GetAsync("a");
        Assert.NotEqual(true, again.Headers.ConnectionClose);
        using var readyAgain = await cluster.Client.GetAsync(new Uri(cluster.Edge.AdminEndpoint, "/readyz"), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, readyAgain.StatusCode);
    }

    [Fact]
    public async Task Requests_in_flight_are_counted_while_draining()
    {
        await using var cluster = await AdminClient.StartClusterAsync();
        var admin = new AdminClient(cluster);
        var (asked, held) = (new TaskCompletionSource(), new TaskCompletionSource());
        cluster.Ord.OnRange = async (context, _) =>
        {
            asked.TrySetResult();
            await held.Task.WaitAsync(context.RequestAborted);
            return false;
        };
        cluster.Ord.Put(EdgeCluster.Bucket, "a", ByteStreams.Content(1, 100));
        var read = cluster.ReadAsync("a");
        await asked.Task;
        Assert.Equal(1, (await admin.SendAsync(HttpMethod.Post, "/v1/edge/drain")).Body.GetProperty("requestsInFlight").GetInt32());
        held.SetResult();
        Assert.Equal(ByteStreams.Content(1, 100), await read);
    }

    [Fact]
    public async Task What_operators_do_is_in_the_audit_log_of_the_buckets_owner()
    {
        var cluster = await AdminClient.StartClusterAsync();
        await using (cluster)
        {
            var admin = new AdminClient(cluster);
            cluster.Control.SetOrganization(EdgeCluster.Organization, static o => o with { Audit = new OrganizationAudit(ControlPlane: true, Buckets: false) });
            await cluster.CaughtUpAsync();
            cluster.Ord.Put(EdgeCluster.Bucket, "a", ByteStreams.Content(1, 100));
            await admin.EndOfAsync(await admin.WarmAsync("""{"bucket":"models","prefix":"a"}"""));
            await admin.SendAsync(HttpMethod.Post, "/v1/edge/purge", """{"bucket":"models","key":"a"}""");
            await cluster.RestartEdgeAsync(); // Stopping delivers what is left.

            var records = cluster.Control.AuditRecords.Select(static r => JsonSerializer.Deserialize<JsonElement>(r)).ToArray();
            Assert.Equal(["edge:WarmObjects", "edge:PurgeObjects"], records.Select(static r => r.GetProperty("action").GetString()));
            Assert.All(records, static r => Assert.Equal(
                ("operator/ops", EdgeCluster.Organization, "models", "edge/LGA1"),
                (r.GetProperty("principal").GetString(), r.GetProperty("organizationId").GetString(), r.GetProperty("bucketName").GetString(), r.GetProperty("servedBy").GetString())));
            Assert.Equal((202, 200), (records[0].GetProperty("status").GetInt32(), records[1].GetProperty("status").GetInt32()));
            Assert.DoesNotContain(cluster.Control.AuditRecords, static r => r.Contains(AdminClient.Token, StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_concerns_the_edge_as_a_whole_is_in_the_operators_own_audit_log_if_they_name_one(bool isNamed)
    {
        var cluster = await AdminClient.StartClusterAsync(settings => settings["Edge:OperatorOrganization"] = isNamed ? EdgeCluster.Organization : string.Empty);
        await using (cluster)
        {
            var admin = new AdminClient(cluster);
            cluster.Control.SetOrganization(EdgeCluster.Organization, static o => o with { Audit = new OrganizationAudit(ControlPlane: true, Buckets: false) });
            await cluster.CaughtUpAsync();
            await admin.SendAsync(HttpMethod.Get, "/v1/edge/drain");
            await admin.SendAsync(HttpMethod.Post, "/v1/edge/drain");
            await admin.SendAsync(HttpMethod.Delete, "/v1/edge/drain");
            await cluster.RestartEdgeAsync(); // Stopping delivers what is left.

            var records = cluster.Control.AuditRecords.Select(static r => JsonSerializer.Deserialize<JsonElement>(r)).ToArray();
            Assert.Equal(isNamed ? ["edge:Drain", "edge:Undrain"] : [], records.Select(static r => r.GetProperty("action").GetString()));
            Assert.All(records, static r => Assert.Equal(
                ("operator/ops", EdgeCluster.Organization), (r.GetProperty("principal").GetString(), r.GetProperty("organizationId").GetString())));
        }
    }

    [Fact]
    public async Task Pins_are_set_shown_survive_a_purge_and_are_released()
    {
        await using var cluster = await AdminClient.StartClusterAsync();
        var admin = new AdminClient(cluster);
        cluster.Ord.Put(EdgeCluster.Bucket, "a", ByteStreams.Content(1, 5_000_000));
        await cluster.ReadAsync("a");

        var (status, pin) = await admin.SendAsync(HttpMethod.Post, "/v1/edge/pins", """{"bucket":"models","key":"a","expiresInSeconds":3600}""");
        Assert.Equal((HttpStatusCode.OK, "ops", 5_000_000), (status, pin.GetProperty("by").GetString(), pin.GetProperty("size").GetInt32()));
        var (_, list) = await admin.SendAsync(HttpMethod.Get, "/v1/edge/pins");
        Assert.Equal("a", Assert.Single(list.GetProperty("pins").EnumerateArray()).GetProperty("key").GetString());
        Assert.InRange(list.GetProperty("pinnedBytes").GetInt64(), 5_000_000, list.GetProperty("maxPinnedBytes").GetInt64());

        Assert.Equal(0, (await admin.SendAsync(HttpMethod.Post, "/v1/edge/purge", """{"bucket":"models","key":"a"}""")).Body.GetProperty("chunks").GetInt32());
        var (_, page) = await admin.SendAsync(HttpMethod.Get, "/v1/edge/residency?bucket=models");
        var resident = Assert.Single(page.GetProperty("objects").EnumerateArray());
        Assert.Equal((5_000_000, true), (resident.GetProperty("residentBytes").GetInt32(), resident.GetProperty("isPinned").GetBoolean()));

        Assert.Equal(HttpStatusCode.OK, (await admin.SendAsync(HttpMethod.Delete, "/v1/edge/pins?bucket=models&key=a")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await admin.SendAsync(HttpMethod.Delete, "/v1/edge/pins?bucket=models&key=a")).Status);
        Assert.Equal(2, (await admin.SendAsync(HttpMethod.Post, "/v1/edge/purge", """{"bucket":"models","key":"a"}""")).Body.GetProperty("chunks").GetInt32());
        Assert.Equal(HttpStatusCode.NotFound, (await admin.SendAsync(HttpMethod.Post, "/v1/edge/pins", """{"bucket":"models","key":"absent"}""")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await admin.SendAsync(HttpMethod.Post, "/v1/edge/pins", """{"bucket":"models"}""")).Status);
    }

    [Fact]
    public async Task A_warm_up_pins_all_of_it_or_nothing()
    {
        await using var cluster = await AdminClient.StartClusterAsync();
        var admin = new AdminClient(cluster);
        for (var i = 0; i < 3; i++)
        {
            cluster.Ord.Put(EdgeCluster.Bucket, $"fits/{i}", ByteStreams.Content(i, 5_000_000));
        }

        var job = await admin.EndOfAsync(await admin.WarmAsync("""{"bucket":"models","prefix":"fits/","pinSeconds":60}"""));
        Assert.Equal("Complete", job.GetProperty("state").GetString());
        Assert.Equal(3, (await admin.SendAsync(HttpMethod.Get, "/v1/edge/pins")).Body.GetProperty("pins").GetArrayLength());
        cluster.Time.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal(0, (await admin.SendAsync(HttpMethod.Get, "/v1/edge/pins")).Body.GetProperty("pins").GetArrayLength());

        for (var i = 0; i < 50; i++)
        {
            cluster.Ord.Put(EdgeCluster.Bucket, $"much/{i}", ByteStreams.Content(i, 4_000_000));
        }

        var refused = await admin.EndOfAsync(await admin.WarmAsync("""{"bucket":"models","prefix":"much/","pinSeconds":60}"""));
        Assert.Equal("Failed", refused.GetProperty("state").GetString());
        Assert.Contains("may be pinned", refused.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Equal(0, (await admin.SendAsync(HttpMethod.Get, "/v1/edge/pins")).Body.GetProperty("pins").GetArrayLength());
    }
}
