using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using EdgeCache.Shared.Iam;
using EdgeCache.Shared.Replication;
using EdgeCache.Shared.SigV4;

namespace EdgeCache.Origin.Tests.Identity;

public sealed class InternalApiTests
{
    [Fact]
    public async Task Nothing_is_told_without_the_cluster_secret()
    {
        await using var origin = await TestOrigin.StartAsync();

        foreach (var path in (string[])[InternalApi.Feed, InternalApi.ControlFeed, InternalApi.Resolve, InternalApi.Objects, InternalApi.SigningKey, InternalApi.Directory])
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(origin, HttpMethod.Get, path, secret: "another-secret-012345")).StatusCode);
            Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(origin, HttpMethod.Get, path, secret: null)).StatusCode);
        }
    }

    [Fact]
    public async Task Objects_are_listed_in_bounded_pages_and_with_their_versions_if_asked()
    {
        await using var origin = await TestOrigin.StartAsync();
        await S3TestClient.NewBucketAsync(origin.Client);
        var keys = Enumerable.Range(0, ObjectsReply.MaxEntries + 3).Select(static i => $"p/{i:d4}").ToArray();
        foreach (var key in keys)
        {
            await origin.Client.PutAsync($"/bucket-1/{key}", key);
        }

        await origin.Client.PutAsync("/bucket-1/other", "x");
        await origin.Client.PutAsync("/bucket-1/?versioning", "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>");
        await origin.Client.PutAsync("/bucket-1/p/0000", "newer");
        await origin.Client.DeleteAsync("/bucket-1/p/0001");

        var current = await ListAsync(origin, "");
        Assert.Equal(keys.Where(static k => k != "p/0001"), current.Select(static o => o.Key));
        var versions = await ListAsync(origin, "&versions=true");
        Assert.Equal(["p/0000", "p/0000", "p/0001"], versions.Take(3).Select(static o => o.Key));
        Assert.Equal([5, 6], versions.Take(2).Select(static o => o.Size));
        Assert.Equal(keys.Length + 1, versions.Count);
        Assert.False((await PageAsync(origin, "no-such-bucket", "")).BucketExists);
    }

    private static async Task<List<ObjectEntry>> ListAsync(TestOrigin origin, string query)
    {
        var objects = new List<ObjectEntry>();
        for (var next = ""; ;)
        {
            var page = await PageAsync(origin, "bucket-1", $"&prefix=p/{query}{next}");
            Assert.True(page.BucketExists);
            Assert.True(page.Objects.Count <= ObjectsReply.MaxEntries);
            objects.AddRange(page.Objects);
            if (!page.IsTruncated)
            {
                return objects;
            }

            next = $"&after={Uri.EscapeDataString(page.NextKey)}&afterVersion={Uri.EscapeDataString(page.NextVersionId)}";
        }
    }

    private static async Task<ObjectsReply> PageAsync(TestOrigin origin, string bucket, string query)
    {
        using var response = await SendAsync(origin, HttpMethod.Get, $"{InternalApi.Objects}?bucket={bucket}{query}");
        return (await response.Content.ReadFromJsonAsync(InternalJson.Default.ObjectsReply, TestContext.Current.CancellationToken))!;
    }

    [Fact]
    public async Task A_subscriber_hears_of_changes_in_order_and_of_nothing_by_heartbeats()
    {
        await using var origin = await TestOrigin.StartAsync();
        using var reader = new FeedReader(await SendAsync(origin, HttpMethod.Get, InternalApi.Feed + "?after=0"));

        var first = await reader.NextAsync();
        Assert.True(first.Reset);
        await S3TestClient.NewBucketAsync(origin.Client);
        await origin.Client.PutAsync("/bucket-1/k", "x");
        var records = await reader.RecordsAsync(2);

        Assert.Equal([ChangeKind.BucketChanged, ChangeKind.ObjectChanged], records.Select(static r => r.Kind));
        Assert.Equal(("bucket-1", "k"), (records[1].Bucket, records[1].Key));
        var heartbeat = await reader.NextAsync();
        Assert.Equal((records[1].Sequence, false, 0), (heartbeat.Position, heartbeat.Reset, heartbeat.Records.Count));
    }

    [Fact]
    public async Task A_subscriber_that_returns_goes_on_where_it_was_and_starts_anew_in_another_epoch()
    {
        await using var origin = await TestOrigin.StartAsync();
        await S3TestClient.NewBucketAsync(origin.Client);
        string epoch;
        using (var reader = new FeedReader(await SendAsync(origin, HttpMethod.Get, InternalApi.Feed)))
        {
            epoch = (await reader.NextAsync()).Epoch;
        }

        using var again = new FeedReader(await SendAsync(origin, HttpMethod.Get, $"{InternalApi.Feed}?epoch={epoch}&after=0"));
        using var beyond = new FeedReader(await SendAsync(origin, HttpMethod.Get, $"{InternalApi.Feed}?epoch={epoch}&after=999"));
        using var other = new FeedReader(await SendAsync(origin, HttpMethod.Get, $"{InternalApi.Feed}?epoch=other&after=0"));

        Assert.Equal("bucket-1", Assert.Single((await again.NextAsync()).Records).Bucket);
        Assert.True((await beyond.NextAsync()).Reset);
        Assert.True((await other.NextAsync()).Reset);
    }

    [Fact]
    public async Task A_derived_key_is_told_and_the_secret_is_not()
    {
        await using var origin = await TestOrigin.StartAsync();
        var scope = new SigV4Scope("20260101", "ORD1", "s3");
        var query = $"?accessKeyId=AKMAIN&date={scope.Date}&region={scope.Region}&service={scope.Service}";

        using var response = await SendAsync(origin, HttpMethod.Get, InternalApi.SigningKey + query);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var reply = JsonSerializer.Deserialize(text, InternalJson.Default.SigningKeyReply)!;

        Assert.Equal(SigningKey.Derive("main-secret-key", scope).ToArray(), reply.Key);
        Assert.Equal(("static/AKMAIN", "main", AccessLevel.Full), (reply.Principal!.Name, reply.Principal.OrganizationId, reply.Principal.Level));
        Assert.DoesNotContain("main-secret-key", text, StringComparison.Ordinal);
        using var unknown = await SendAsync(origin, HttpMethod.Get, InternalApi.SigningKey + query.Replace("AKMAIN", "AKNONE", StringComparison.Ordinal));
        Assert.False((await unknown.Content.ReadFromJsonAsync(InternalJson.Default.SigningKeyReply, TestContext.Current.CancellationToken))!.Found);
    }

    [Fact]
    public async Task A_key_resolves_to_its_version_and_a_bucket_to_its_facts()
    {
        await using var origin = await TestOrigin.StartAsync();
        await S3TestClient.NewBucketAsync(origin.Client);
        await origin.Client.PutAsync("/bucket-1/k", "hello");

        using var found = await SendAsync(origin, HttpMethod.Get, InternalApi.Resolve + "?bucket=bucket-1&key=k");
        using var missing = await SendAsync(origin, HttpMethod.Get, InternalApi.Resolve + "?bucket=bucket-1&key=none");
        using var nowhere = await SendAsync(origin, HttpMethod.Get, InternalApi.Resolve + "?bucket=none-such&key=k");
        using var facts = await SendAsync(origin, HttpMethod.Get, "/internal/v1/buckets/bucket-1");
        using var noFacts = await SendAsync(origin, HttpMethod.Get, "/internal/v1/buckets/none-such");

        var version = (await ReplyAsync(found)).Version!;
        Assert.Equal((5L, "5d41402abc4b2a76b9719d911017c592"), (version.Size, version.ETag));
        Assert.True(await ReplyAsync(missing) is { BucketExists: true, Version: null });
        Assert.False((await ReplyAsync(nowhere)).BucketExists);
        var bucket = await facts.Content.ReadFromJsonAsync(InternalJson.Default.BucketFacts, TestContext.Current.CancellationToken);
        Assert.Equal(("ORD1", "main"), (bucket!.Region, bucket.OwnerOrganizationId));
        Assert.Equal(HttpStatusCode.NotFound, noFacts.StatusCode);
    }

    [Fact]
    public async Task An_edge_reads_any_object_by_its_generation_and_nothing_else()
    {
        await using var origin = await TestOrigin.StartAsync();
        await S3TestClient.NewBucketAsync(origin.Client);
        await origin.Client.PutAsync("/bucket-1/k", "hello");
        using var resolved = await SendAsync(origin, HttpMethod.Get, InternalApi.Resolve + "?bucket=bucket-1&key=k");
        var generation = (await ReplyAsync(resolved)).Version!.Generation.ToString();
        var credential = EdgeCredential.FromClusterSecret(TestOrigin.ClusterSecret);
        var edge = new S3TestClient(
            origin.Server.S3Endpoint, origin.Http, new SigV4Signer(credential.AccessKeyId, credential.SecretKey, "ORD1", TimeProvider.System));

        var read = await edge.GetAsync("/bucket-1/k", (EdgeCredential.GenerationHeader, generation), ("Range", "bytes=1-2"));

        Assert.Equal(("el", generation), (read.Text, read[EdgeCredential.GenerationHeader]));
        (await edge.GetAsync("/bucket-1/k", (EdgeCredential.GenerationHeader, new string('0', 32))))
            .ShouldFail(HttpStatusCode.PreconditionFailed, "PreconditionFailed");
        (await edge.PutAsync("/bucket-1/k", "y")).ShouldFail(HttpStatusCode.Forbidden, "AccessDenied");
        Assert.Null((await origin.Client.GetAsync("/bucket-1/k"))[EdgeCredential.GenerationHeader]);
    }

    [Theory]
    [InlineData("overwritten")]
    [InlineData("deleted")]
    public async Task An_edge_reads_on_for_a_while_what_was_overwritten_or_deleted_and_nobody_else_does(string end)
    {
        await using var origin = await TestOrigin.StartAsync();
        await S3TestClient.NewBucketAsync(origin.Client);
        await origin.Client.PutAsync("/bucket-1/k", "hello");
        await origin.Client.PutAsync("/bucket-1/other", "other");
        using var resolved = await SendAsync(origin, HttpMethod.Get, InternalApi.Resolve + "?bucket=bucket-1&key=k");
        var version = (await ReplyAsync(resolved)).Version!;
        (string, string)[] wanted = [(EdgeCredential.GenerationHeader, version.Generation.ToString()), ("If-Match", $"\"{version.ETag}\""), ("Range", "bytes=1-2")];
        var credential = EdgeCredential.FromClusterSecret(TestOrigin.ClusterSecret);
        var edge = new S3TestClient(origin.Server.S3Endpoint, origin.Http, new SigV4Signer(credential.AccessKeyId, credential.SecretKey, "ORD1", TimeProvider.System));

        if (end == "overwritten")
            (await origin.Client.PutAsync("/bucket-1/k", "HELLO!")).ShouldBe(HttpStatusCode.OK);
        else
            (await origin.Client.DeleteAsync("/bucket-1/k")).ShouldBe(HttpStatusCode.NoContent);
        var reading = await edge.GetAsync("/bucket-1/k", wanted);
        var elsewhere = await edge.GetAsync("/bucket-1/other", wanted);
        var client = await origin.Client.GetAsync("/bucket-1/k", wanted);

        Assert.Equal((HttpStatusCode.PartialContent, "el", version.Generation.ToString()), (reading.Status, reading.Text, reading[EdgeCredential.GenerationHeader]));
        Assert.Equal("bytes 1-2/5", reading["Content-Range"]);
        elsewhere.ShouldFail(HttpStatusCode.PreconditionFailed, "PreconditionFailed");
        Assert.Equal(end == "overwritten" ? HttpStatusCode.PreconditionFailed : HttpStatusCode.NotFound, client.Status);
    }

    [Fact]
    public async Task A_request_through_an_edge_is_told_the_position_of_its_change_and_sees_all_regions()
    {
        await using var origin = await TestOrigin.StartAsync();
        await S3TestClient.NewBucketAsync(origin.Client);
        using (await SendAsync(origin, HttpMethod.Put, "/internal/v1/control/directory/bucket-of-las?region=LAS1&owner=main"))
        {
        }

        var forwarding = new EdgeForwarding(TestOrigin.ClusterSecret);
        var put = await origin.Client.PutAsync("/bucket-1/k", "x", Via("PUT", "/bucket-1/k"));
        var forged = await origin.Client.PutAsync("/bucket-1/k", "x", (EdgeForwarding.Header, "LGA1;1.2.3.4;0;00"));

        Assert.True(long.Parse(put[EdgeForwarding.SequenceHeader]!, System.Globalization.CultureInfo.InvariantCulture) > 0);
        Assert.Null(forged[EdgeForwarding.SequenceHeader]);
        Assert.Equal(["bucket-1", "bucket-of-las"], (await origin.Client.GetAsync("/", Via("GET", "/"))).Values("Name"));
        Assert.Equal(["bucket-1"], (await origin.Client.GetAsync("/")).Values("Name"));

        (string, string) Via(string method, string target) =>
            (EdgeForwarding.Header, forwarding.Sign(new EdgeHop("LGA1", IPAddress.Parse("192.0.2.1"), IsSecure: false), TimeProvider.System.GetUtcNow(), method, target));
    }

    [Fact]
    public async Task Another_region_follows_the_control_plane_and_outlives_it()
    {
        await using var host = await TestOrigin.StartAsync();
        await using var region = await TestOrigin.StartAsync(new()
        {
            ["Origin:Region"] = "LAS1",
            ["Origin:ControlPlaneUrl"] = null,
            ["Origin:ControlPlaneAdminUrl"] = host.Server.AdminEndpoint.ToString(),
        });
        await S3TestClient.NewBucketAsync(host.Client);

        (await region.Client.SendAsync(HttpMethod.Put, "/bucket-1")).ShouldFail(HttpStatusCode.Conflict, "BucketAlreadyOwnedByYou");
        (await region.Stranger.SendAsync(HttpMethod.Put, "/bucket-1")).ShouldFail(HttpStatusCode.Conflict, "BucketAlreadyExists");
        await S3TestClient.NewBucketAsync(region.Client, "bucket-2");
        (await region.Client.GetAsync("/bucket-1")).ShouldFail(HttpStatusCode.NotFound, "NoSuchBucket");

        await host.StopAsync();
        Assert.Equal(HttpStatusCode.OK, (await region.Client.PutAsync("/bucket-2/k", "x")).Status);
        Assert.Equal("x", (await region.Client.GetAsync("/bucket-2/k")).Text);
        (await region.Client.SendAsync(HttpMethod.Put, "/bucket-3")).ShouldFail(HttpStatusCode.ServiceUnavailable, "ServiceUnavailable");
    }

    private static async Task<HttpResponseMessage> SendAsync(TestOrigin origin, HttpMethod method, string path, string? secret = TestOrigin.ClusterSecret)
    {
        using var request = new HttpRequestMessage(method, new Uri(origin.Server.AdminEndpoint, path));
        if (secret is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", secret);
        }

        return await origin.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
    }

    private static async Task<ResolveReply> ReplyAsync(HttpResponseMessage response) =>
        (await response.Content.ReadFromJsonAsync(InternalJson.Default.ResolveReply, TestContext.Current.CancellationToken))!;

    private sealed class FeedReader(HttpResponseMessage response) : IDisposable
    {
        private StreamReader? _lines;

        public async Task<FeedFrame> NextAsync()
        {
            var token = TestContext.Current.CancellationToken;
            _lines ??= new StreamReader(await response.Content.ReadAsStreamAsync(token));
            return JsonSerializer.Deserialize((await _lines.ReadLineAsync(token))!, InternalJson.Default.FeedFrame)!;
        }

        public async Task<List<ChangeRecord>> RecordsAsync(int count)
        {
            var records = new List<ChangeRecord>();
            while (records.Count < count)
            {
                records.AddRange((await NextAsync()).Records);
            }

            return records;
        }

        public void Dispose()
        {
            _lines?.Dispose();
            response.Dispose();
        }
    }
}
