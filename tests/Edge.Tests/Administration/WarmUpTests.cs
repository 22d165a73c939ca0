using System.Net;
using System.Text;
using EdgeCache.Edge.Tests.Peers;
using EdgeCache.Testing;

namespace EdgeCache.Edge.Tests.Administration;

public sealed class WarmUpTests
{
    private const int Large = 9_000_000;

    [Fact]
    public async Task A_warmed_prefix_is_resident_and_read_without_the_origin()
    {
        await using var cluster = await AdminClient.StartClusterAsync();
        var admin = new AdminClient(cluster);
        var large = ByteStreams.Content(1, Large);
        cluster.Ord.Put(EdgeCluster.Bucket, "llama/large", large);
        for (var i = 0; i < 7; i++)
        {
            cluster.Ord.Put(EdgeCluster.Bucket, $"llama/small-{i}", ByteStreams.Content(2, 1000 + i));
        }

        cluster.Ord.Put(EdgeCluster.Bucket, "llama/zero", []);
        cluster.Ord.Put(EdgeCluster.Bucket, "other", ByteStreams.Content(3, 1000));

        var job = await admin.EndOfAsync(await admin.WarmAsync("""{"bucket":"models","prefix":"llama/"}"""));

        Assert.Equal("Complete", job.GetProperty("state").GetString());
        Assert.Equal((9, 9), (job.GetProperty("objects").GetInt32(), job.GetProperty("objectsDone").GetInt32()));
        Assert.Equal(Large + 7 * 1000 + 21, job.GetProperty("residentBytes").GetInt64());
        Assert.Equal(job.GetProperty("bytes").GetInt64(), job.GetProperty("bytesDone").GetInt64());
        foreach (var item in await admin.ObjectsOfAsync(job.GetProperty("id").GetString()!))
        {
            Assert.Equal(item.GetProperty("size").GetInt64(), item.GetProperty("residentBytes").GetInt64());
            Assert.True(item.TryGetProperty("versionId", out _));
        }

        var (asked, questions) = (cluster.Ord.Ranges.Count, cluster.Ord.ResolveQuestions);
        Assert.Equal(large, await cluster.ReadAsync("llama/large"));
        Assert.Equal(ByteStreams.Content(2, 1003), await cluster.ReadAsync("llama/small-3"));
        Assert.Equal((asked, questions), (cluster.Ord.Ranges.Count, cluster.Ord.ResolveQuestions));
        Assert.DoesNotContain(cluster.Ord.Ranges, static r => r.Key == "other");
    }

    [Fact]
    public async Task An_index_of_safetensors_brings_its_shards()
    {
        await using var cluster = await AdminClient.StartClusterAsync();
        var admin = new AdminClient(cluster);
        const string Index = """{"metadata":{"total_size":7},"weight_map":{"a":"model-1.safetensors","b":"model-2.safetensors","c":"model-1.safetensors"}}""";
        cluster.Ord.Put(EdgeCluster.Bucket, "llama/model.safetensors.index.json", Encoding.UTF8.GetBytes(Index));
        cluster.Ord.Put(EdgeCluster.Bucket, "llama/model-1.safetensors", ByteStreams.Content(1, 5_000_000));
        cluster.Ord.Put(EdgeCluster.Bucket, "llama/model-2.safetensors", ByteStreams.Content(2, 100_000));

        var id = await admin.WarmAsync("""{"bucket":"models","index":"llama/model.safetensors.index.json"}""");
        Assert.Equal("Complete", (await admin.EndOfAsync(id)).GetProperty("state").GetString());
        Assert.Equal(
            ["llama/model.safetensors.index.json", "llama/model-1.safetensors", "llama/model-2.safetensors"],
            (await admin.ObjectsOfAsync(id)).Select(static o => o.GetProperty("key").GetString()));

        cluster.Ord.Put(EdgeCluster.Bucket, "bad.index.json", Encoding.UTF8.GetBytes("""{"weight_map":{"a":7}}"""));
        var failed = await admin.EndOfAsync(await admin.WarmAsync("""{"bucket":"models","index":"bad.index.json"}"""));
        Assert.Equal("Failed", failed.GetProperty("state").GetString());
        Assert.Contains("the file of tensor 'a' is not a name", failed.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_full_cache_whose_write_budget_is_spent_still_takes_what_is_ordered_and_fetches_it_once()
    {
        await using var cluster = await AdminClient.StartClusterAsync(static settings =>
        {
            settings["Edge:CacheSize"] = "64MiB";
            settings["Edge:CacheWritesPerDay"] = "0.001";
        });
        var admin = new AdminClient(cluster);
        for (var i = 0; i < 40; i++)
        {
            cluster.Ord.Put(EdgeCluster.Bucket, $"full/{i}", ByteStreams.Content(i, 4_000_000));
            await cluster.ReadAsync($"full/{i}");
        }

        cluster.Ord.Put(EdgeCluster.Bucket, "ordered", ByteStreams.Content(99, 4_000_000));
        var job = await admin.EndOfAsync(await admin.WarmAsync("""{"bucket":"models","keys":["ordered"]}"""));
        Assert.Equal("Complete", job.GetProperty("state").GetString());
        Assert.Single(cluster.Ord.Ranges, static r => r.Key == "ordered");
    }

    [Fact]
    public async Task What_is_missing_or_can_not_be_fetched_is_named()
    {
        await using var cluster = await AdminClient.StartClusterAsync(static settings =>
        {
            settings["Edge:Fill:MaxAttempts"] = "1";
        });
        var admin = new AdminClient(cluster);
        cluster.Ord.Put(EdgeCluster.Bucket, "good", ByteStreams.Content(1, 100));
        cluster.Ord.Put(EdgeCluster.Bucket, "broken", ByteStreams.Content(2, 100));
        cluster.Ord.OnRange = static (context, range) =>
        {
            if (range.Key != "broken")
            {
                return Task.FromResult(false);
            }

            context.Abort();
            return Task.FromResult(true);
        };

        var id = await admin.WarmAsync("""{"bucket":"models","keys":["good","absent","broken"]}""");
        var job = await admin.EndOfAsync(id);
        Assert.Equal("Incomplete", job.GetProperty("state").GetString());
        Assert.Equal(100, job.GetProperty("residentBytes").GetInt64());
        var items = await admin.ObjectsOfAsync(id);
        Assert.False(items[0].TryGetProperty("error", out _));
        Assert.Contains("no object", items[1].GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Contains("could not be fetched", items[2].GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Equal([100, 0, 0], items.Select(static i => i.GetProperty("residentBytes").GetInt32()));
    }

    [Fact]
    public async Task A_warm_up_ends_when_it_is_cancelled_and_at_its_deadline()
    {
        await using var cluster = await AdminClient.StartClusterAsync();
        var admin = new AdminClient(cluster);
        using var asked = new SemaphoreSlim(0);
        var held = new TaskCompletionSource();
        cluster.Ord.OnRange = async (context, range) =>
        {
            asked.Release();
            await held.Task.WaitAsync(context.RequestAborted);
            return false;
        };
        cluster.Ord.Put(EdgeCluster.Bucket, "a", ByteStreams.Content(1, 100));
        cluster.Ord.Put(EdgeCluster.Bucket, "b", ByteStreams.Content(2, 100));

        var cancelled = await admin.WarmAsync("""{"bucket":"models","keys":["a"]}""");
        await asked.WaitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, (await admin.SendAsync(HttpMethod.Delete, $"/v1/edge/warm/{cancelled}")).Status);
        Assert.Equal("Cancelled", (await admin.EndOfAsync(cancelled)).GetProperty("state").GetString());

        var expired = await admin.WarmAsync("""{"bucket":"models","keys":["b"],"deadlineSeconds":5}""");
        await asked.WaitAsync(TestContext.Current.CancellationToken);
        cluster.Time.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal("Expired", (await admin.EndOfAsync(expired)).GetProperty("state").GetString());
        held.SetResult();

        var (_, list) = await admin.SendAsync(HttpMethod.Get, "/v1/edge/warm");
        Assert.Equal([expired, cancelled], list.GetProperty("jobs").EnumerateArray().Select(static j => j.GetProperty("id").GetString()!));
    }

    [Theory]
    [InlineData("""{}""")]
    [InlineData("""{"bucket":"models"}""")]
    [InlineData("""{"bucket":"models","prefix":"a","keys":["b"]}""")]
    [InlineData("""{"bucket":"models","keys":[]}""")]
    [InlineData("""{"bucket":"models","keys":[""]}""")]
    [InlineData("""{"bucket":"Not A Bucket","prefix":""}""")]
    [InlineData("""{"bucket":"models","prefix":"","deadlineSeconds":0}""")]
    [InlineData("""{"bucket":"models","prefix":"","pinSeconds":604801}""")]
    [InlineData("""{"bucket":"models","prefx":"typo"}""")]
    [InlineData("""{"bucket":"models","prefix":7}""")]
    [InlineData("""[]""")]
    [InlineData("""{"bucket":"models","prefix":""")]
    public async Task A_request_that_makes_no_sense_is_refused_with_a_reason(string body)
    {
        await using var cluster = await AdminClient.StartClusterAsync();
        var (status, answer) = await new AdminClient(cluster).SendAsync(HttpMethod.Post, "/v1/edge/warm", body);
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.NotEmpty(answer.GetProperty("message").GetString()!);
        Assert.Equal("invalid_argument", answer.GetProperty("code").GetString());
    }

    [Fact]
    public async Task A_bucket_that_does_not_exist_is_not_found_and_one_whose_region_is_away_is_unavailable()
    {
        await using var cluster = await AdminClient.StartClusterAsync();
        var admin = new AdminClient(cluster);
        Assert.Equal(HttpStatusCode.NotFound, (await admin.SendAsync(HttpMethod.Post, "/v1/edge/warm", """{"bucket":"absent","prefix":""}""")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await admin.SendAsync(HttpMethod.Get, "/v1/edge/warm/absent")).Status);
        cluster.Ord.IsDown = true;
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await admin.SendAsync(HttpMethod.Post, "/v1/edge/warm", """{"bucket":"models","prefix":""}""")).Status);
    }

    [Fact]
    public async Task A_head_of_the_first_byte_has_the_whole_object_fetched_for_who_may_read_it()
    {
        await using var cluster = await AdminClient.StartClusterAsync();
        var content = ByteStreams.Content(1, Large);
        cluster.Ord.Put(EdgeCluster.Bucket, "a", content);
        cluster.Ord.Put(EdgeCluster.Bucket, "b", content);
        cluster.Ord.Put(EdgeCluster.Bucket, "c", content);
        using (var refused = cluster.Unsigned(HttpMethod.Head, "/models/b"))
        {
            refused.Headers.Range = new(0, 0);
            cluster.OtherSigner.Sign(refused);
            Assert.Equal(HttpStatusCode.Forbidden, (await cluster.SendAsync(refused)).StatusCode);
        }

        Assert.Equal("LGA1; fwd=uri-miss; stored; detail=cold", await HeadAsync("a", "bytes=0-0"));
        await UntilHitAsync("a");
        var asked = cluster.Ord.Ranges.Count;
        Assert.Equal(content, await cluster.ReadAsync("a"));
        Assert.Equal(asked, cluster.Ord.Ranges.Count);
        await HeadAsync("b", "bytes=0-1");

        // What was asked for later is here, so what that one had asked for would be.
        await HeadAsync("c", "bytes=0-0");
        await UntilHitAsync("c");
        Assert.DoesNotContain(cluster.Ord.Ranges, static r => r.Key == "b");

        async Task UntilHitAsync(string key)
        {
            for (var polls = 0; polls < 1000 && await HeadAsync(key, "bytes=0-0") != "LGA1; hit"; polls++)
                await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        async Task<string> HeadAsync(string key, string range)
        {
            using var response = await cluster.SendAsync(cluster.Request(HttpMethod.Head, $"/models/{key}", range));
            Assert.Equal(HttpStatusCode.PartialContent, response.StatusCode);
            return response.Headers.GetValues("Cache-Status").Single();
        }
    }
}
