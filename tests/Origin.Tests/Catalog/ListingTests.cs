using EdgeCache.Origin.Catalog;
using EdgeCache.Shared.Replication;

namespace EdgeCache.Origin.Tests.Catalog;

public sealed class ListingTests
{
    // With each delimiter comes the character after it: what follows a common prefix is found, and not taken for part of it.
    private static readonly string[] s_words = ["a", "b", "c", "ab", "/", "0", "//", "-", ".", "ü", "\uFFFD", "\U0001F600", "\U0001F601"];
    private static readonly string[] s_delimiters = ["", "/", "-", "b", "//", "\U0001F600", "zz"];

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    public async Task Pages_of_objects_agree_with_a_naive_listing(int seed)
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        await using var test = await TestCatalog.OpenAsync();
        var bucket = await test.CreateBucketAsync(versioning: BucketVersioning.Enabled);
        var random = new Random(seed);
        var keys = await FillAsync(test, bucket, random);
        for (var round = 0; round < 150; round++)
        {
            var query = new ObjectListQuery
            {
                BucketId = bucket.Id, Prefix = Pick(random, 2), Delimiter = s_delimiters[random.Next(s_delimiters.Length)],
                After = random.Next(3) == 0 ? Pick(random, 4) : "", MaxKeys = 1 + random.Next(20),
            };
            await AssertPagesAsync(test, keys, query);
        }
    }

    [Theory]
    [InlineData(21)]
    public async Task Pages_of_versions_together_are_the_whole(int seed)
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        await using var test = await TestCatalog.OpenAsync();
        var bucket = await test.CreateBucketAsync(versioning: BucketVersioning.Enabled);
        var random = new Random(seed);
        await FillAsync(test, bucket, random);
        for (var round = 0; round < 60; round++)
        {
            var query = new VersionListQuery
            {
                BucketId = bucket.Id, Prefix = Pick(random, 1), Delimiter = s_delimiters[random.Next(s_delimiters.Length)], MaxKeys = int.MaxValue / 2,
            };
            var whole = await test.Catalog.Versions.ListVersionsAsync(query, TestCatalog.Token);
            Assert.False(whole.IsTruncated);
            var paged = await ReadPagesAsync(test, query with { MaxKeys = 1 + random.Next(7) });
            Assert.Equal(whole.Versions, paged.Versions);
            Assert.Equal(whole.CommonPrefixes, paged.Prefixes);
        }
    }

    [Fact]
    public async Task A_version_marker_whose_version_is_gone_goes_on_behind_where_it_was()
    {
        await using var test = await TestCatalog.OpenAsync();
        var bucket = await test.CreateBucketAsync(versioning: BucketVersioning.Enabled);
        var ids = new List<string>();
        for (var i = 0; i < 4; i++)
        {
            test.Time.Advance(TimeSpan.FromSeconds(1));
            ids.Insert(0, (await test.PutAsync(bucket, "key")).Facts.VersionId);
        }

        await test.DeleteAsync(bucket, "key", ids[1]);
        var page = await test.Catalog.Versions.ListVersionsAsync(
            new VersionListQuery { BucketId = bucket.Id, KeyMarker = "key", VersionIdMarker = ids[1] }, TestCatalog.Token);
        Assert.Equal(ids[2..], page.Versions.Select(static v => v.VersionId));
    }

    [Fact]
    public async Task No_keys_are_asked_for_and_none_returned()
    {
        await using var test = await TestCatalog.OpenAsync();
        var bucket = await test.CreateBucketAsync();
        await test.PutAsync(bucket, "key");
        var page = await test.Catalog.Versions.ListAsync(new ObjectListQuery { BucketId = bucket.Id, MaxKeys = 0 }, TestCatalog.Token);
        Assert.Equal((0, 0, false, ""), (page.Objects.Count, page.CommonPrefixes.Count, page.IsTruncated, page.Next));
    }

    [Fact]
    public async Task Listings_are_index_seeks()
    {
        await using var test = await TestCatalog.OpenAsync();
        Assert.Contains("USING INDEX versions_current (bucket_id=? AND object_key>? AND object_key<?)", await PlanAsync(
            "SELECT etag FROM versions WHERE bucket_id = 1 AND is_latest = 1 AND is_delete_marker = 0 AND object_key >= 'a' AND object_key < 'b' ORDER BY object_key LIMIT 10"));
        Assert.Contains("USING INDEX versions_by_age (bucket_id=? AND object_key>? AND object_key<?)", await PlanAsync(
            "SELECT etag FROM versions WHERE bucket_id = 1 AND object_key >= 'a' AND object_key < 'b' ORDER BY object_key, version_row DESC LIMIT 10"));
        Assert.Contains("USING INDEX uploads_active (bucket_id=? AND object_key>? AND object_key<?)", await PlanAsync(
            "SELECT initiator FROM uploads WHERE bucket_id = 1 AND completed_at IS NULL AND object_key >= 'a' AND object_key < 'b' ORDER BY object_key, upload_id LIMIT 10"));

        async Task<string> PlanAsync(string sql)
        {
            var plan = TestCatalog.Value(await test.Catalog.Writer.RunAsync<List<string>>(
                m => m.Sql.All("EXPLAIN QUERY PLAN " + sql, static r => r.GetString(3)), TestCatalog.Token));
            Assert.DoesNotContain(plan, static step => step.Contains("TEMP B-TREE", StringComparison.Ordinal));
            return string.Join('\n', plan);
        }
    }

    private static async Task<List<string>> FillAsync(TestCatalog test, BucketRow bucket, Random random)
    {
        var keys = new HashSet<string>();
        while (keys.Count < 300)
        {
            keys.Add(s_words[random.Next(s_words.Length)] + Pick(random, 4));
        }

        await Task.WhenAll(keys.Select(key => test.PutAsync(bucket, key)));
        await Task.WhenAll(keys.Where(static (_, i) => i % 5 == 0).Select(key => test.PutAsync(bucket, key)));

        // Deleted keys are delete markers here: they must not show, nor count.
        var deleted = keys.Where(static (_, i) => i % 7 == 0).ToList();
        await Task.WhenAll(deleted.Select(key => test.DeleteAsync(bucket, key)));
        return [.. keys.Except(deleted).Order(Utf8Order.Instance)];
    }

    private static string Pick(Random random, int max) =>
        string.Concat(Enumerable.Range(0, random.Next(max + 1)).Select(_ => s_words[random.Next(s_words.Length)]));

    private static async Task AssertPagesAsync(TestCatalog test, List<string> keys, ObjectListQuery query)
    {
        var expected = Naive(keys, query);
        var actual = new List<(string, bool)>();
        while (true)
        {
            var page = await test.Catalog.Versions.ListAsync(query, TestCatalog.Token);
            var entries = page.Objects.Select(static o => (o.Key, false)).Concat(page.CommonPrefixes.Select(static p => (p, true)))
                .OrderBy(static e => e.Item1, Utf8Order.Instance).ToList();
            Assert.True(entries.Count <= query.MaxKeys);
            actual.AddRange(entries);
            if (!page.IsTruncated)
            {
                break;
            }

            Assert.Equal(query.MaxKeys, entries.Count);
            Assert.Equal(entries[^1].Item1, page.Next);
            query = query with { After = page.Next };
        }

        Assert.Equal(expected, actual);
    }

    private static List<(string, bool)> Naive(List<string> keys, ObjectListQuery query)
    {
        var entries = new List<(string, bool)>();
        var whole = query.Delimiter.Length > 0 && Roll(query.After) == query.After && query.After.StartsWith(query.Prefix, StringComparison.Ordinal);
        foreach (var key in keys.Where(k => k.StartsWith(query.Prefix, StringComparison.Ordinal)))
        {
            if (Utf8Order.Instance.Compare(key, query.After) <= 0 || (whole && key.StartsWith(query.After, StringComparison.Ordinal)))
            {
                continue;
            }

            var entry = Roll(key) is { } rolled ? (rolled, true) : (key, false);
            if (entries.Count == 0 || entries[^1] != entry)
            {
                entries.Add(entry);
            }
        }

        return entries;

        string? Roll(string key)
        {
            var at = query.Delimiter.Length == 0 || key.Length < query.Prefix.Length
                ? -1
                : key.IndexOf(query.Delimiter, query.Prefix.Length, StringComparison.Ordinal);
            return at < 0 ? null : key[..(at + query.Delimiter.Length)];
        }
    }

    private static async Task<(List<ListedVersion> Versions, List<string> Prefixes)> ReadPagesAsync(TestCatalog test, VersionListQuery query)
    {
        var (versions, prefixes) = (new List<ListedVersion>(), new List<string>());
        while (true)
        {
            var page = await test.Catalog.Versions.ListVersionsAsync(query, TestCatalog.Token);
            versions.AddRange(page.Versions);
            prefixes.AddRange(page.CommonPrefixes);
            if (!page.IsTruncated)
            {
                return (versions, prefixes);
            }

            Assert.Equal(query.MaxKeys, page.Versions.Count + page.CommonPrefixes.Count);
            query = query with { KeyMarker = page.NextKeyMarker, VersionIdMarker = page.NextVersionIdMarker };
        }
    }
}
