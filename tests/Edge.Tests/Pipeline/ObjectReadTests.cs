using System.Net;
using System.Net.Http.Headers;
using EdgeCache.Edge.Storage.Nvme;
using EdgeCache.Edge.Tests.Peers;
using EdgeCache.Shared.Iam;
using EdgeCache.Testing;

namespace EdgeCache.Edge.Tests.Pipeline;

public sealed class ObjectReadTests
{
    private static readonly byte[] Small = ByteStreams.Content(1, 1000);

    [Fact]
    public async Task A_second_read_is_a_hit_and_asks_the_origin_nothing()
    {
        await using var cluster = await EdgeCluster.StartAsync();
        cluster.Ord.Put(EdgeCluster.Bucket, "a", Small);
        await cluster.CaughtUpAsync();
        using var first = await cluster.GetAsync("a");
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.Equal("MISS", first.Headers.GetValues("x-cache").Single());
        Assert.Equal("LGA1; fwd=uri-miss; stored; detail=cold", first.Headers.GetValues("Cache-Status").Single());
        Assert.Equal(Small, await first.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        await StoredAsync(cluster);
        var (ranges, resolves, buckets) = (cluster.Ord.Ranges.Count, cluster.Ord.ResolveQuestions, cluster.Ord.BucketQuestions);

        using var second = await cluster.GetAsync("a");
        Assert.Equal("HIT", second.Headers.GetValues("x-cache").Single());
        Assert.Equal("LGA1; hit", second.Headers.GetValues("Cache-Status").Single());
        Assert.Equal(Small, await second.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        Assert.Equal((ranges, resolves, buckets), (cluster.Ord.Ranges.Count, cluster.Ord.ResolveQuestions, cluster.Ord.BucketQuestions));
    }

    [Fact]
    public async Task A_hit_is_refused_when_the_bucket_has_another_owner_than_expected()
    {
        await using var cluster = await EdgeCluster.StartAsync();
        cluster.Ord.Put(EdgeCluster.Bucket, "a", Small);
        await cluster.CaughtUpAsync();
        foreach (var (owner, status) in new[] { (EdgeCluster.Organization, HttpStatusCode.OK), ("other", HttpStatusCode.Forbidden), (EdgeCluster.Organization, HttpStatusCode.OK) })
        {
            var request = cluster.Unsigned(HttpMethod.Get, "/models/a");
            request.Headers.TryAddWithoutValidation("x-amz-expected-bucket-owner", owner);
            cluster.Signer.Sign(request);
            using var response = await cluster.SendAsync(request);
            Assert.Equal(status, response.StatusCode);
        }
    }

    [Theory]
    [InlineData("x-amz-expected-bucket-owner=acme", HttpStatusCode.OK)]
    [InlineData("x-amz-expected-bucket-owner=other", HttpStatusCode.Forbidden)]
    [InlineData("X-Amz-Expected-Bucket-Owner=other", HttpStatusCode.Forbidden)]
    [InlineData("x-amz-expected-bucket-owner=", HttpStatusCode.Forbidden)]
    [InlineData("x-amz-expected-bucket-owner=acme&X-Amz-Expected-Bucket-Owner=other", HttpStatusCode.Forbidden)]
    public async Task A_presigned_link_may_expect_an_owner_in_its_query(string parameter, HttpStatusCode status)
    {
        await using var cluster = await EdgeCluster.StartAsync();
        cluster.Ord.Put(EdgeCluster.Bucket, "a", Small);
        await cluster.CaughtUpAsync();
        await cluster.ReadAsync("a");
        var link = cluster.Signer.Presign(
            HttpMethod.Get, new Uri($"{cluster.Edge.S3Endpoint.GetLeftPart(UriPartial.Authority)}/models/a?{parameter}"), TimeSpan.FromMinutes(1));
        using var request = new HttpRequestMessage(HttpMethod.Get, link);
        using var response = await cluster.SendAsync(request);
        Assert.Equal(status, response.StatusCode);
    }

    [Fact]
    public async Task The_headers_of_the_object_are_those_of_the_origin()
    {
        await using var cluster = await EdgeCluster.StartAsync();
        var (facts, _) = cluster.Ord.Put(EdgeCluster.Bucket, "a", Small, static f => f with
        {
            VersionId = "v1",
            Headers = f.Headers.Add("Content-Type", "text/plain"),
            UserMetadata = f.UserMetadata.Add("owner", "gr\u00fc\u00dfe"),
        });
        await cluster.CaughtUpAsync();
        using var response = await cluster.SendAsync(cluster.Request(HttpMethod.Head, "/models/a"));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal($"\"{facts.ETag}\"", response.Headers.ETag!.Tag);
        Assert.Equal("text/plain", response.Content.Headers.ContentType!.ToString());
        Assert.Equal(Small.Length, response.Content.Headers.ContentLength);
        Assert.Equal("v1", response.Headers.GetValues("x-amz-version-id").Single());
        Assert.Equal(16, response.Headers.GetValues("x-amz-request-id").Single().Length);
        Assert.Single(response.Headers.GetValues("x-amz-id-2"));
        Assert.True(response.Headers.Contains("x-amz-meta-owner"));
        Assert.Empty(cluster.Ord.Ranges);
    }

    [Theory]
    [InlineData("bytes=0-0")]
    [InlineData("bytes=10-99")]
    [InlineData("bytes=-7")]
    [InlineData("bytes=990-5000")]
    public async Task A_range_is_answered_with_its_bytes_cold_and_warm(string range)
    {
        await using var cluster = await EdgeCluster.StartAsync();
        cluster.Ord.Put(EdgeCluster.Bucket, "a", Small);
        await cluster.CaughtUpAsync();
        var header = RangeHeaderValue.Parse(range).Ranges.Single();
        var from = header.From ?? Small.Length - header.To!.Value;
        var to = header.From is null ? Small.Length - 1 : Math.Min(header.To!.Value, Small.Length - 1);
        for (var i = 0; i < 2; i++)
        {
            using var response = await cluster.GetAsync("a", range);
            Assert.Equal(HttpStatusCode.PartialContent, response.StatusCode);
            Assert.Equal($"bytes {from}-{to}/{Small.Length}", response.Content.Headers.ContentRange!.ToString());
            Assert.Equal(Small[(int)from..(int)(to + 1)], await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
            await StoredAsync(cluster);
        }
    }

    [Fact]
    public async Task A_range_beyond_the_end_and_failed_conditions_have_their_statuses()
    {
        await using var cluster = await EdgeCluster.StartAsync();
        var (facts, _) = cluster.Ord.Put(EdgeCluster.Bucket, "a", Small);
        await cluster.CaughtUpAsync();
        using var beyond = await cluster.GetAsync("a", "bytes=1000-");
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, beyond.StatusCode);
        Assert.Equal("bytes */1000", beyond.Content.Headers.ContentRange!.ToString());
        Assert.Contains("<Code>InvalidRange</Code>", await beyond.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);

        using var notModified = await ConditionalAsync(cluster, "If-None-Match", $"\"{facts.ETag}\"");
        Assert.Equal(HttpStatusCode.NotModified, notModified.StatusCode);
        using var failed = await ConditionalAsync(cluster, "If-Match", "\"other\"");
        Assert.Equal(HttpStatusCode.PreconditionFailed, failed.StatusCode);
        Assert.Empty(cluster.Ord.Ranges);
    }

    [Fact]
    public async Task A_part_is_served_from_the_parts_sizes()
    {
        await using var cluster = await EdgeCluster.StartAsync();
        cluster.Ord.Put(EdgeCluster.Bucket, "a", Small, static f => f with { PartSizes = [600, 400] });
        await cluster.CaughtUpAsync();
        using var response = await cluster.SendAsync(cluster.Request(HttpMethod.Get, "/models/a?partNumber=2"));
        Assert.Equal(HttpStatusCode.PartialContent, response.StatusCode);
        Assert.Equal("2", response.Headers.GetValues("x-amz-mp-parts-count").Single());
        Assert.Equal(Small[600..], await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task An_object_of_several_chunks_comes_whole_with_one_request_per_chunk()
    {
        await using var cluster = await EdgeCluster.StartAsync();
        const int size = (3 * ChunkGeometry.PayloadSize) + 12345;
        cluster.Ord.Put(EdgeCluster.Bucket, "big", ByteStreams.Content(2, size));
        await cluster.CaughtUpAsync();
        for (var i = 0; i < 2; i++)
        {
            var bytes = await cluster.ReadAsync("big");
            Assert.Equal(size, bytes.Length);
            Assert.Equal(-1, ByteStreams.FirstDifference(2, 0, bytes));
            await StoredAsync(cluster);
        }

        Assert.Equal([0L, ChunkGeometry.PayloadSize, 2L * ChunkGeometry.PayloadSize, 3L * ChunkGeometry.PayloadSize],
            cluster.Ord.Ranges.Select(static r => r.From).Order());
        using var across = await cluster.GetAsync("big", $"bytes={ChunkGeometry.PayloadSize - 5}-{ChunkGeometry.PayloadSize + 4}");
        Assert.Equal(ByteStreams.Content(2, ChunkGeometry.PayloadSize - 5, 10), await across.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task An_empty_object_has_an_empty_body()
    {
        await using var cluster = await EdgeCluster.StartAsync();
        cluster.Ord.Put(EdgeCluster.Bucket, "empty", []);
        await cluster.CaughtUpAsync();
        Assert.Empty(await cluster.ReadAsync("empty"));
        Assert.Empty(cluster.Ord.Ranges);
    }

    [Fact]
    public async Task A_delete_marker_answers_as_S3_does()
    {
        await using var cluster = await EdgeCluster.StartAsync();
        cluster.Ord.Put(EdgeCluster.Bucket, "gone", [], static f => f with { IsDeleteMarker = true, VersionId = "m1" });
        await cluster.CaughtUpAsync();
        using var current = await cluster.GetAsync("gone");
        Assert.Equal(HttpStatusCode.NotFound, current.StatusCode);
        Assert.Equal("true", current.Headers.GetValues("x-amz-delete-marker").Single());
        using var named = await cluster.SendAsync(cluster.Request(HttpMethod.Get, "/models/gone?versionId=m1"));
        Assert.Equal(HttpStatusCode.MethodNotAllowed, named.StatusCode);
        Assert.Equal("true", named.Headers.GetValues("x-amz-delete-marker").Single());
    }

    [Fact]
    public async Task A_missing_key_and_a_missing_bucket_are_told_to_their_owner_only()
    {
        await using var cluster = await EdgeCluster.StartAsync();
        using var missing = await cluster.GetAsync("nothing");
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
        Assert.Contains("<Code>NoSuchKey</Code>", await missing.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        using var anonymous = await cluster.SendAsync(cluster.Unsigned(HttpMethod.Get, "/models/nothing"));
        Assert.Equal(HttpStatusCode.Forbidden, anonymous.StatusCode);
        using var noBucket = await cluster.SendAsync(cluster.Request(HttpMethod.Get, "/no-such-bucket/nothing"));
        Assert.Contains("<Code>NoSuchBucket</Code>", await noBucket.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_private_object_in_the_cache_stays_private_and_a_public_one_is_for_all()
    {
        await using var cluster = await EdgeCluster.StartAsync();
        cluster.Ord.Put(EdgeCluster.Bucket, "private", Small);
        cluster.Ord.Put(EdgeCluster.Bucket, "public", Small, static f => f with { Acl = CannedAcl.PublicRead });
        await cluster.CaughtUpAsync();
        await cluster.ReadAsync("private");
        await cluster.ReadAsync("public");
        using var refused = await cluster.SendAsync(cluster.Unsigned(HttpMethod.Get, "/models/private"));
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        var stranger = cluster.Unsigned(HttpMethod.Get, "/models/private");
        cluster.OtherSigner.Sign(stranger);
        using var refusedToo = await cluster.SendAsync(stranger);
        Assert.Equal(HttpStatusCode.Forbidden, refusedToo.StatusCode);
        using var served = await cluster.SendAsync(cluster.Unsigned(HttpMethod.Get, "/models/public"));
        Assert.Equal(Small, await served.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Overrides_replace_headers_for_signed_callers_only()
    {
        await using var cluster = await EdgeCluster.StartAsync();
        cluster.Ord.Put(EdgeCluster.Bucket, "a", Small, static f => f with { Acl = CannedAcl.PublicRead });
        await cluster.CaughtUpAsync();
        using var response = await cluster.SendAsync(cluster.Request(HttpMethod.Get, "/models/a?response-content-type=text%2Fcsv"));
        Assert.Equal("text/csv", response.Content.Headers.ContentType!.ToString());
        using var anonymous = await cluster.SendAsync(cluster.Unsigned(HttpMethod.Get, "/models/a?response-content-type=text%2Fcsv"));
        Assert.Equal(HttpStatusCode.BadRequest, anonymous.StatusCode);
    }

    [Fact]
    public async Task The_regional_name_reaches_only_its_own_buckets()
    {
        await using var cluster = await EdgeCluster.StartAsync();
        cluster.AddBucket(cluster.Las, "in-las");
        cluster.Las.Put("in-las", "a", Small);
        await cluster.CaughtUpAsync();
        using var found = await GetOnHostAsync(cluster, "accel-object.las1.localhost", "/in-las/a");
        Assert.Equal(HttpStatusCode.OK, found.StatusCode);
        using var elsewhere = await GetOnHostAsync(cluster, "accel-object.ord1.localhost", "/in-las/a");
        Assert.Equal(HttpStatusCode.NotFound, elsewhere.StatusCode);
        using var anywhere = await GetOnHostAsync(cluster, "in-las.accel-object.localhost", "/a");
        Assert.Equal(HttpStatusCode.OK, anywhere.StatusCode);
    }

    /// <summary>Waits until what was fetched is in the store: only then is the next read a plain hit.</summary>
    internal static async Task StoredAsync(EdgeCluster cluster)
    {
        while (cluster.Edge.Parts.Fills.Count > 0)
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private static Task<HttpResponseMessage> ConditionalAsync(EdgeCluster cluster, string header, string value)
    {
        var request = cluster.Request(HttpMethod.Get, "/models/a");
        request.Headers.TryAddWithoutValidation(header, value);
        return cluster.SendAsync(request);
    }

    private static Task<HttpResponseMessage> GetOnHostAsync(EdgeCluster cluster, string host, string target)
    {
        var request = cluster.Unsigned(HttpMethod.Get, target);
        request.Headers.Host = $"{host}:{cluster.Edge.S3Endpoint.Port}";
        cluster.Signer.Sign(request);
        return cluster.SendAsync(request);
    }
}
