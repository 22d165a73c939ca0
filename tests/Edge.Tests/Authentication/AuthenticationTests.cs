using System.Net;
using EdgeCache.Edge.Tests.Peers;
using EdgeCache.Shared.Iam;
using EdgeCache.Shared.Primitives;
using EdgeCache.Shared.Replication;
using EdgeCache.Shared.SigV4;
using EdgeCache.Testing;

namespace EdgeCache.Edge.Tests.Authentication;

public sealed class AuthenticationTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_key_is_asked_for_once_and_refused_after_its_revocation_is_told()
    {
        await using var cluster = await StartAsync();
        await cluster.ReadAsync("a");
        await cluster.ReadAsync("a");
        Assert.Equal(1, cluster.Control.KeyQuestions);
        var sequence = cluster.Control.RevokeKey(EdgeCluster.AccessKey);
        await cluster.Edge.Parts.Streams[0].WaitForAsync(sequence, TimeSpan.FromHours(1), Token);
        await AssertRefusedAsync(cluster, cluster.Request(HttpMethod.Get, "/models/a"), "InvalidAccessKeyId", HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task A_change_of_the_principal_drops_its_keys()
    {
        await using var cluster = await StartAsync();
        await cluster.ReadAsync("a");
        var sequence = cluster.Control.Feed.Publish(ChangeKind.PrincipalChanged, string.Empty, "static/AKACME");
        await cluster.Edge.Parts.Streams[0].WaitForAsync(sequence, TimeSpan.FromHours(1), Token);
        await cluster.ReadAsync("a");
        Assert.Equal(2, cluster.Control.KeyQuestions);
    }

    [Fact]
    public async Task An_unknown_key_is_refused_and_asked_for_once()
    {
        await using var cluster = await StartAsync();
        var signer = new SigV4Signer("AKNOBODY", "x", "us-east-1", cluster.Time);
        for (var i = 0; i < 3; i++)
        {
            var request = cluster.Unsigned(HttpMethod.Get, "/models/a");
            signer.Sign(request);
            await AssertRefusedAsync(cluster, request, "InvalidAccessKeyId", HttpStatusCode.Forbidden);
        }

        Assert.Equal(1, cluster.Control.KeyQuestions);
    }

    [Fact]
    public async Task A_flood_of_made_up_keys_costs_the_control_plane_a_fixed_rate_and_good_keys_nothing()
    {
        await using var cluster = await StartAsync(static s => s["Edge:UnseenKeysPerSecond"] = "5");
        await cluster.ReadAsync("a");
        var before = cluster.Control.KeyQuestions;
        var burst = 5 * QuestionBudget.BurstSeconds;
        await FloodAsync(0, 100);
        Assert.InRange(cluster.Control.KeyQuestions - before, 1, burst);
        before = cluster.Control.KeyQuestions;
        cluster.Time.Advance(TimeSpan.FromSeconds(1));
        await cluster.CaughtUpAsync();
        await FloodAsync(100, 200);
        Assert.Equal(5, cluster.Control.KeyQuestions - before);

        // Neither a cached key nor one that was found before waits behind them: another region in its scope is a new question.
        await cluster.ReadAsync("a");
        var request = cluster.Unsigned(HttpMethod.Get, "/models/a");
        new SigV4Signer(EdgeCluster.AccessKey, "acme-secret", "eu-west-9", cluster.Time).Sign(request);
        using var answer = await cluster.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);

        async Task FloodAsync(int from, int to)
        {
            for (var i = from; i < to; i++)
            {
                var request = cluster.Unsigned(HttpMethod.Get, "/models/a");
                new SigV4Signer($"AKMADEUP{i}", "x", "us-east-1", cluster.Time).Sign(request);
                using var refused = await cluster.SendAsync(request);
                Assert.True(refused.StatusCode is HttpStatusCode.Forbidden or HttpStatusCode.ServiceUnavailable);
            }
        }
    }

    [Fact]
    public async Task A_wrong_signature_is_refused()
    {
        await using var cluster = await StartAsync();
        var request = cluster.Unsigned(HttpMethod.Get, "/models/a");
        new SigV4Signer(EdgeCluster.AccessKey, "not the secret", "us-east-1", cluster.Time).Sign(request);
        await AssertRefusedAsync(cluster, request, "SignatureDoesNotMatch", HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task An_expired_key_is_refused()
    {
        await using var cluster = await StartAsync();
        cluster.Control.AddKey("AKBRIEF", "brief-secret", EdgeCluster.Organization, expiresAt: cluster.Time.GetUtcNow().AddMinutes(1));
        await cluster.CaughtUpAsync();
        var signer = new SigV4Signer("AKBRIEF", "brief-secret", "us-east-1", cluster.Time);
        var request = cluster.Unsigned(HttpMethod.Get, "/models/a");
        signer.Sign(request);
        using var good = await cluster.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, good.StatusCode);
        cluster.Time.Advance(TimeSpan.FromMinutes(1));
        var late = cluster.Unsigned(HttpMethod.Get, "/models/a");
        signer.Sign(late);
        await AssertRefusedAsync(cluster, late, "InvalidAccessKeyId", HttpStatusCode.Forbidden);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("PUT")]
    public async Task The_credential_of_edges_is_refused_from_clients(string method)
    {
        await using var cluster = await StartAsync();
        var credential = EdgeCredential.FromClusterSecret(EdgeCluster.Secret);
        var request = cluster.Unsigned(new HttpMethod(method), "/models/a");
        new SigV4Signer(credential.AccessKeyId, credential.SecretKey, "us-east-1", cluster.Time).Sign(request);
        await AssertRefusedAsync(cluster, request, "InvalidAccessKeyId", HttpStatusCode.Forbidden);
        Assert.Empty(cluster.Ord.Passed);
    }

    [Fact]
    public async Task A_presigned_request_is_served()
    {
        await using var cluster = await StartAsync();
        var uri = cluster.Signer.Presign(HttpMethod.Get, new Uri(cluster.Edge.S3Endpoint, "/models/a"), TimeSpan.FromMinutes(5));
        using var response = await cluster.SendAsync(new HttpRequestMessage(HttpMethod.Get, uri));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        cluster.Time.Advance(TimeSpan.FromMinutes(6));
        await AssertRefusedAsync(cluster, new HttpRequestMessage(HttpMethod.Get, uri), "AccessDenied", HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task When_the_control_feed_is_silent_keys_are_asked_for_again_and_without_an_answer_fail_closed_in_the_end()
    {
        await using var cluster = await StartAsync(static s => s["Edge:ControlPlaneMaxSilence"] = "00:01:00");
        await cluster.ReadAsync("a");
        cluster.Control.Feed.Cut();
        cluster.Time.Advance(TimeSpan.FromSeconds(2));
        await cluster.ReadAsync("a");
        Assert.Equal(2, cluster.Control.KeyQuestions);

        // The control plane is away: what was verified a short time ago goes on to serve.
        cluster.Control.IsDown = true;
        await cluster.ReadAsync("a");
        cluster.Time.Advance(TimeSpan.FromSeconds(61));
        await AssertRefusedAsync(cluster, cluster.Request(HttpMethod.Get, "/models/a"), "ServiceUnavailable", HttpStatusCode.ServiceUnavailable);

        // It is back, its feed is not: the answer counts, also when it is a revocation.
        cluster.Control.IsDown = false;
        cluster.Time.Advance(TimeSpan.FromSeconds(1));
        await cluster.ReadAsync("a");
        cluster.Control.RevokeKeySilently(EdgeCluster.AccessKey);
        await AssertRefusedAsync(cluster, cluster.Request(HttpMethod.Get, "/models/a"), "InvalidAccessKeyId", HttpStatusCode.Forbidden);
    }

    private static async Task<EdgeCluster> StartAsync(Action<Dictionary<string, string?>>? configure = null)
    {
        var cluster = await EdgeCluster.StartAsync(configure);
        cluster.Ord.Put(EdgeCluster.Bucket, "a", ByteStreams.Content(1, 1000));
        await cluster.CaughtUpAsync();
        return cluster;
    }

    private static async Task AssertRefusedAsync(EdgeCluster cluster, HttpRequestMessage request, string code, HttpStatusCode status)
    {
        using var response = await cluster.SendAsync(request);
        Assert.Equal(status, response.StatusCode);
        Assert.Contains($"<Code>{code}</Code>", await response.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }
}
