using EdgeCache.Origin.Catalog;

namespace EdgeCache.Origin.Tests.Catalog;

/// <summary>What a listing costs: steps of an index, never a walk over what is deleted, older or rolled up.</summary>
public sealed class ListingPlanTests
{
    [Fact]
    public async Task Listings_search_the_index_that_has_only_what_they_list()
    {
        await using var test = await TestCatalog.OpenAsync();
        Assert.Equal(["SEARCH versions USING INDEX versions_current"], await PlanAsync(test, VersionListing.CurrentAt));
        Assert.Equal(["SEARCH versions USING INDEX versions_by_age"], await PlanAsync(test, VersionListing.AllAt));
        Assert.Equal(Enumerable.Repeat("SEARCH versions USING COVERING INDEX versions_current", 2), await PlanAsync(test, VersionListing.SkimCurrent));
        Assert.All(await PlanAsync(test, VersionListing.SkimAll), static step => Assert.StartsWith("SEARCH versions USING COVERING INDEX", step, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("", "/")]
    [InlineData("p/", "/")]
    [InlineData("p/", "//")]
    [InlineData("p\0", "\0")]
    [InlineData("", "\U0010FFFF")]
    public async Task Common_prefixes_among_keys_are_told_once_however_many_keys_they_stand_for(string prefix, string delimiter)
    {
        await using var test = await TestCatalog.OpenAsync();
        var bucket = await test.CreateBucketAsync();
        string[] expected = [.. Enumerable.Range(0, 7).Select(i => $"{prefix}d{i}{delimiter}"), $"{prefix}k", $"{prefix}x{delimiter}", $"{prefix}z"];
        foreach (var name in expected)
        {
            foreach (var below in name.EndsWith(delimiter, StringComparison.Ordinal) ? new[] { "", "a", "b\0c", "\U0010FFFF", $"e{delimiter}f" } : [""])
            {
                await test.PutAsync(bucket, name + below);
            }
        }

        for (var max = 1; max <= expected.Length + 1; max++)
        {
            var (found, after) = (new List<string>(), "");
            ObjectListPage page;
            do
            {
                page = await test.Catalog.Versions.ListAsync(
                    new ObjectListQuery { BucketId = bucket.Id, Prefix = prefix, Delimiter = delimiter, MaxKeys = max, After = after }, TestCatalog.Token);
                Assert.InRange(page.Objects.Count + page.CommonPrefixes.Count, 1, max);
                found.AddRange(page.CommonPrefixes.Concat(page.Objects.Select(static o => o.Key)));
                after = page.Next;
            }
            while (page.IsTruncated);

            Assert.Equal(expected, found.Order(StringComparer.Ordinal));
        }
    }

    private static async Task<List<string>> PlanAsync(TestCatalog test, string statement)
    {
        var plan = TestCatalog.Value(await test.Catalog.Writer.RunAsync<List<string>>(
            m => m.Sql.All(
                "EXPLAIN QUERY PLAN " + statement, static r => r.GetString(3), Values(statement)),
            TestCatalog.Token));
        return [.. plan.Where(static step => step.Contains("versions", StringComparison.Ordinal)).Select(static step => step[..step.IndexOf(" (", StringComparison.Ordinal)])];
    }

    private static EdgeCache.Origin.Catalog.Sql.SqlValue[] Values(string statement) =>
        [.. new[] { "bucket", "from", "end", "skip", "delimiter", "next", "limit" }
            .Where(name => statement.Contains("@" + name, StringComparison.Ordinal))
            .Select(static name => new EdgeCache.Origin.Catalog.Sql.SqlValue(name, name is "bucket" or "skip" or "limit" ? 1L : "a"))];
}
