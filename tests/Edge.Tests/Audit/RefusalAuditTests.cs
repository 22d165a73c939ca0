using System.Text.Json;
using EdgeCache.Edge.Tests.Peers;
using EdgeCache.Shared.SigV4;
using EdgeCache.Testing;

namespace EdgeCache.Edge.Tests.Audit;

/// <summary>What the edge refuses itself is in the log of the bucket's owner.</summary>
public sealed class RefusalAuditTests
{
    [Fact]
    public async Task Unknown_keys_and_wrong_signatures_are_recorded_without_a_principal()
    {
        await using var cluster = await StartAsync();
        var unknown = await SendAsync(cluster, Signed(cluster, "AKNOBODY", "secret"), 403);
        var forged = await SendAsync(cluster, Signed(cluster, EdgeCluster.AccessKey, "wrong-secret"), 403);
        var anonymous = await SendAsync(cluster, cluster.Unsigned(HttpMethod.Get, "/models/a"), 403);
        var denied = await SendAsync(cluster, Signed(cluster, EdgeCluster.OtherAccessKey, "other-secret"), 403);
        Assert.Equal(
            [
                (unknown, "InvalidAccessKeyId", null, null, null), (forged, "SignatureDoesNotMatch", null, EdgeCluster.AccessKey, null),
                (anonymous, "AccessDenied", "anonymous", null, "Deny"), (denied, "AccessDenied", "static/AKOTHER", EdgeCluster.OtherAccessKey, "Deny"),
            ],
            cluster.AuditRecords().Select(static r =>
                (Text(r, "requestId"), Text(r, "errorCode"), Text(r, "principal"), Text(r, "accessKeyId"), Text(r, "decision"))));
    }

    [Fact]
    public async Task Claims_that_no_client_may_make_are_recorded_for_what_would_be_passed_on_too()
    {
        await using var cluster = await StartAsync();
        var request = cluster.Unsigned(HttpMethod.Put, "/models/a");
        new SigV4Signer("EDGECACHE-EDGE", "secret", "us-east-1", cluster.Time).Sign(request);
        var id = await SendAsync(cluster, request, 403);
        var record = Assert.Single(cluster.AuditRecords());
        Assert.Equal((id, "PutObject", "InvalidAccessKeyId", null), (Text(record, "requestId"), Text(record, "operation"), Text(record, "errorCode"), Text(record, "accessKeyId")));
        Assert.Empty(cluster.Ord.Passed);
    }

    [Fact]
    public async Task Headers_that_are_too_long_are_recorded()
    {
        await using var cluster = await StartAsync();
        var request = cluster.Unsigned(HttpMethod.Get, "/models/a");
        request.Headers.TryAddWithoutValidation("x-amz-meta-long", new string('x', 17_000));
        var id = await SendAsync(cluster, request, 400);
        var record = Assert.Single(cluster.AuditRecords());
        Assert.Equal((id, 400, "a"), (Text(record, "requestId"), record.GetProperty("status").GetInt32(), Text(record, "key")));
        Assert.DoesNotContain("xxxx", record.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_is_503_while_nobody_tells_whose_the_bucket_is()
    {
        await using var cluster = await StartAsync();
        cluster.AddBucket(cluster.Ord, "never-used");
        await cluster.CaughtUpAsync();
        cluster.Control.IsDown = cluster.Ord.IsDown = true;
        await SendAsync(cluster, Claim(), 503);
        Assert.Empty(cluster.AuditRecords());
        cluster.Control.IsDown = cluster.Ord.IsDown = false;
        var id = await SendAsync(cluster, Claim(), 403);
        Assert.Equal(id, Text(Assert.Single(cluster.AuditRecords()), "requestId"));

        HttpRequestMessage Claim()
        {
            var request = cluster.Unsigned(HttpMethod.Put, "/never-used/a");
            new SigV4Signer("EDGECACHE-EDGE", "secret", "us-east-1", cluster.Time).Sign(request);
            return request;
        }
    }

    [Fact]
    public async Task Nothing_is_recorded_of_buckets_that_do_not_exist()
    {
        await using var cluster = await StartAsync();
        await SendAsync(cluster, cluster.Request(HttpMethod.Get, "/no-such-bucket/a"), 404);
        await SendAsync(cluster, Signed(cluster, "AKNOBODY", "secret", "/no-such-bucket/a"), 403);
        Assert.Empty(cluster.AuditRecords());
    }

    private static HttpRequestMessage Signed(EdgeCluster cluster, string key, string secret, string target = "/models/a")
    {
        var request = cluster.Unsigned(HttpMethod.Get, target);
        new SigV4Signer(key, secret, "us-east-1", cluster.Time).Sign(request);
        return request;
    }

    private static async Task<EdgeCluster> StartAsync()
    {
        var cluster = await EdgeCluster.StartAsync();
        cluster.Ord.Put(EdgeCluster.Bucket, "a", ByteStreams.Content(1, 100));
        cluster.Control.SetOrganization(EdgeCluster.Organization, static o => o with { Audit = new(ControlPlane: false, Buckets: true) });
        await cluster.CaughtUpAsync();
        return cluster;
    }

    private static async Task<string> SendAsync(EdgeCluster cluster, HttpRequestMessage request, int status)
    {
        using var answer = await cluster.SendAsync(request);
        Assert.Equal(status, (int)answer.StatusCode);
        return answer.Headers.GetValues("x-amz-request-id").Single();
    }

    private static string? Text(JsonElement record, string name) => record.TryGetProperty(name, out var value) ? value.GetString() : null;
}
