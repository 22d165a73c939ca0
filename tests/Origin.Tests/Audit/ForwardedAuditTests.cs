using System.Net;
using EdgeCache.Shared.Iam;
using static EdgeCache.Origin.Tests.Audit.AuditLogs;

namespace EdgeCache.Origin.Tests.Audit;

/// <summary>The origin's record of what an edge passed on names the edge's own id of the request, and nobody else can have one named.</summary>
public sealed class ForwardedAuditTests
{
    [Fact]
    public async Task The_edge_s_id_of_a_request_is_named_where_the_edge_vouches_for_it()
    {
        await using var origin = await StartAsync();
        var client = origin.Client;
        await S3TestClient.NewBucketAsync(client);
        await origin.SetOrganizationAuditAsync(buckets: true);
        var statement = new EdgeForwarding(TestOrigin.ClusterSecret).Sign(
            new EdgeHop("LGA1", IPAddress.Parse("10.0.0.9"), IsSecure: false), origin.Time.GetUtcNow(), "GET", "/bucket-1/k");
        var passed = await client.GetAsync("/bucket-1/k", (EdgeForwarding.Header, statement), (EdgeForwarding.RequestIdHeader, "EDGE-ID"));
        var unauthenticated = await origin.Anonymous.GetAsync(
            "/bucket-1/k", (EdgeForwarding.Header, statement), (EdgeForwarding.RequestIdHeader, "EDGE-ID-2"), ("Authorization", "AWS4-HMAC-SHA256 nonsense"));
        var forged = await client.GetAsync("/bucket-1/k", (EdgeForwarding.Header, "LGA1;10.0.0.9;http;0;00"), (EdgeForwarding.RequestIdHeader, "EDGE-ID-3"));

        var byId = (await origin.ReadAuditAsync(3)).ToDictionary(static r => Text(r, "requestId")!);
        Assert.Equal(("edge/LGA1", "EDGE-ID", "10.0.0.9"), (Text(byId[Id(passed)], "via"), Text(byId[Id(passed)], "viaRequestId"), Text(byId[Id(passed)], "sourceIp")));
        Assert.Equal(("edge/LGA1", "EDGE-ID-2"), (Text(byId[Id(unauthenticated)], "via"), Text(byId[Id(unauthenticated)], "viaRequestId")));
        Assert.Equal((null, null), (Text(byId[Id(forged)], "via"), Text(byId[Id(forged)], "viaRequestId")));
    }

    [Fact]
    public async Task Headers_that_are_too_long_are_recorded()
    {
        await using var origin = await StartAsync();
        await S3TestClient.NewBucketAsync(origin.Client);
        await origin.SetOrganizationAuditAsync(buckets: true);
        var refused = await origin.Client.GetAsync("/bucket-1/k", ("x-amz-meta-long", new string('x', 17_000)));
        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        var record = Assert.Single(await origin.ReadAuditAsync(1));
        Assert.Equal((Id(refused), 400, null), (Text(record, "requestId"), Status(record), Text(record, "principal")));
    }
}
