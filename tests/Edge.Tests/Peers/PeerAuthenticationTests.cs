using System.Net;
using EdgeCache.Edge.Peers;
using EdgeCache.Testing;

namespace EdgeCache.Edge.Tests.Peers;

public sealed class PeerAuthenticationTests
{
    private const string Target = PeerRequest.ChunkPath + "?offset=0";

    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void A_signature_is_good_for_one_request_for_a_minute()
    {
        var authentication = new PeerAuthentication(EdgeCluster.Secret);
        var signed = authentication.Sign("LGA1", Now, "GET", Target);
        Assert.Equal("LGA1", authentication.Verify(signed, Now, "GET", Target));
        Assert.Equal("LGA1", authentication.Verify(signed, Now + PeerAuthentication.MaxSkew, "GET", Target));
        Assert.Null(authentication.Verify(signed, Now + PeerAuthentication.MaxSkew + TimeSpan.FromMilliseconds(1), "GET", Target));
        Assert.Null(authentication.Verify(signed, Now - PeerAuthentication.MaxSkew - TimeSpan.FromMilliseconds(1), "GET", Target));
        Assert.Null(authentication.Verify(signed, Now, "GET", PeerRequest.ChunkPath + "?offset=1"));
        Assert.Null(authentication.Verify(signed, Now, "HEAD", Target));
        Assert.Null(authentication.Verify(signed.Replace("LGA1", "LGA2", StringComparison.Ordinal), Now, "GET", Target));
        Assert.Null(new PeerAuthentication("another-cluster-secret").Verify(signed, Now, "GET", Target));
        Assert.DoesNotContain(EdgeCluster.Secret, signed, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Bearer a-cluster-secret-for-tests")]
    [InlineData("EdgeCache-Peer ")]
    [InlineData("EdgeCache-Peer LGA1;x;y;z")]
    [InlineData("EdgeCache-Peer LGA1;99999999999999999999;00;00")]
    [InlineData("EdgeCache-Peer LGA1;-1;00;00;00")]
    public void What_is_no_signature_is_refused(string header) => Assert.Null(new PeerAuthentication(EdgeCluster.Secret).Verify(header, Now, "GET", Target));

    [Fact]
    public void An_answer_proves_whose_it_is()
    {
        var authentication = new PeerAuthentication(EdgeCluster.Secret);
        var signed = authentication.Sign("LGA1", Now, "GET", Target);
        var proof = authentication.Prove(signed, "LGA2");
        Assert.True(authentication.IsProof(proof, signed, "LGA2"));
        Assert.False(authentication.IsProof(proof, signed, "LGA3"));
        Assert.False(authentication.IsProof(proof, authentication.Sign("LGA1", Now, "GET", Target), "LGA2"));
        Assert.False(authentication.IsProof(null, signed, "LGA2"));
    }

    [Fact]
    public async Task The_listener_serves_signed_requests_alone_and_nothing_but_peers()
    {
        await using var fleet = await EdgeFleet.StartAsync(1);
        var authentication = new PeerAuthentication(EdgeCluster.Secret);
        using var client = new HttpClient();
        async Task<HttpStatusCode> AskAsync(string target, string? authorization, HttpMethod? method = null)
        {
            using var request = new HttpRequestMessage(method ?? HttpMethod.Get, new Uri(fleet.Edges[0].PeerEndpoint!, target));
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
            using var response = await client.SendAsync(request, Token);
            return response.StatusCode;
        }

        string Signed(string target, string secret = EdgeCluster.Secret) => new PeerAuthentication(secret).Sign("LGA2", fleet.Time.GetUtcNow(), "GET", target);
        var (facts, _) = fleet.Ord.Put(EdgeFleet.Bucket, "a", ByteStreams.Content(EdgeFleet.Seed, 1000));
        var chunk = new PeerRequest(facts, "ORD1", EdgeCluster.Organization, false, 0, 1000).ToTarget();
        Assert.Equal(HttpStatusCode.OK, await AskAsync(chunk, Signed(chunk)));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(chunk, null));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(chunk, $"Bearer {EdgeCluster.Secret}"));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(chunk, Signed(chunk, "another-cluster-secret")));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(chunk, Signed(PeerRequest.HelloPath)));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(PeerRequest.HelloPath, null));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(PeerRequest.HelloPath, Signed(PeerRequest.HelloPath)));
        Assert.Equal(HttpStatusCode.BadRequest, await AskAsync("/metrics", Signed("/metrics")));
        Assert.Equal(HttpStatusCode.BadRequest, await AskAsync($"/{EdgeFleet.Bucket}/a", Signed($"/{EdgeFleet.Bucket}/a")));
        var elsewhere = chunk.Replace("ORD1", "XXX1", StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, await AskAsync(elsewhere, Signed(elsewhere)));
    }

    [Fact]
    public async Task An_edge_with_another_secret_and_one_of_another_name_are_no_peers()
    {
        await using var fleet = await EdgeFleet.StartAsync(1);
        await using var stranger = await ScriptedPeer.StartAsync("LGA2", EdgeFleet.Seed, "another-cluster-secret");
        await using var other = await ScriptedPeer.StartAsync("LGA3", EdgeFleet.Seed);
        await using var peer = await ScriptedPeer.StartAsync("LGA5", EdgeFleet.Seed);
        var peers = fleet.Edges[0].Parts.Peers!;
        peers.Discovery.Set([stranger.Address, other.Address with { Name = "LGA4" }, peer.Address]);
        await peers.Monitor.CheckAsync(Token);
        Assert.Equal("LGA5", Assert.Single(peers.Set.All, static p => p.IsAlive).Name);
    }

    [Fact]
    public void A_request_is_read_as_it_was_written()
    {
        var facts = new Shared.Replication.VersionFacts
        {
            Bucket = "models", Key = "a b/ü+&=%25?#", Generation = new(1, 2), VersionId = "v+/=", Size = 10_000_000, ETag = "0123456789abcdef-3",
        };
        var request = new PeerRequest(facts, "ORD1", "acme & sons", true, 5_000_000, 65_536);
        var target = request.ToTarget();
        Assert.True(PeerRequest.TryParse(target[(target.IndexOf('?', StringComparison.Ordinal) + 1)..], out var read));
        Assert.Equal((request.Region, request.Organization, request.IsWarmUp, request.Offset, request.Length), (read.Region, read.Organization, read.IsWarmUp, read.Offset, read.Length));
        Assert.Equal(
            (facts.Bucket, facts.Key, facts.Generation, facts.VersionId, facts.Size, facts.ETag),
            (read.Version.Bucket, read.Version.Key, read.Version.Generation, read.Version.VersionId, read.Version.Size, read.Version.ETag));
    }

    [Theory]
    [InlineData("bucket=models", "bucket=../x")]
    [InlineData("key=a", "key=")]
    [InlineData("generation=0", "generation=x")]
    [InlineData("etag=0", "etag=%0d%0aX")]
    [InlineData("size=1000", "size=-1")]
    [InlineData("offset=0", "offset=1")]
    [InlineData("offset=0", "offset=9223372036854775807")]
    [InlineData("length=1000", "length=0")]
    [InlineData("length=1000", "length=1001")]
    [InlineData("length=1000", "length=99999999")]
    [InlineData("region=ORD1", "")]
    public void What_can_not_be_is_refused(string good, string bad)
    {
        var facts = new Shared.Replication.VersionFacts { Bucket = "models", Key = "a", Generation = new(1, 2), VersionId = "", Size = 1000, ETag = "00" };
        var query = new PeerRequest(facts, "ORD1", "acme", false, 0, 1000).ToTarget().Split('?')[1];
        Assert.True(PeerRequest.TryParse(query, out _));
        Assert.Contains(good, query, StringComparison.Ordinal);
        Assert.False(PeerRequest.TryParse(query.Replace(good, bad, StringComparison.Ordinal), out _));
    }
}
