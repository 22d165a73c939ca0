using EdgeCache.Origin.Blobs;
using EdgeCache.Origin.Catalog;
using EdgeCache.Shared.Primitives;
using EdgeCache.Shared.Replication;
using EdgeCache.Testing;

namespace EdgeCache.Origin.Tests.Catalog;

public sealed class PastVersionsTests
{
    [Fact]
    public async Task A_mutation_that_ends_a_version_leaves_it_to_its_readers()
    {
        await using var test = await TestCatalog.OpenAsync();
        var bucket = await test.CreateBucketAsync();
        await test.PutAsync(bucket, "key", "one");
        var one = (await test.FindAsync(bucket, "key"))!;
        Assert.Null(test.Catalog.Versions.FindPast("bucket", "key", one.Facts.Generation));

        await test.PutAsync(bucket, "key", "two");

        var past = test.Catalog.Versions.FindPast("bucket", "key", one.Facts.Generation);
        Assert.NotNull(past);
        Assert.Equal(("one", one.Facts.Size), (past.Facts.ETag, past.Facts.Size));
        Assert.Equal(one.Segments, past.Segments);
        Assert.Null(test.Catalog.Versions.FindPast("bucket", "other", one.Facts.Generation));
        Assert.Null(test.Catalog.Versions.FindPast("elsewhere", "key", one.Facts.Generation));
    }

    [Fact]
    public void Their_time_is_bounded()
    {
        var time = new ManualTimeProvider();
        var past = new PastVersions(time);
        var version = Version(segments: 1);
        past.Add(version);

        time.Advance(PastVersions.Grace);
        Assert.Same(version, past.Find("b", "k", version.Facts.Generation));
        time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Null(past.Find("b", "k", version.Facts.Generation));
    }

    [Fact]
    public void Their_weight_is_bounded_and_the_oldest_go_first()
    {
        var past = new PastVersions(new ManualTimeProvider());
        var versions = Enumerable.Range(0, 5).Select(static _ => Version(segments: (PastVersions.MaxWeight / 4) - 1)).ToArray();
        foreach (var version in versions)
            past.Add(version);
        past.Add(versions[4]); // A second time, it changes nothing.

        Assert.Null(past.Find("b", "k", versions[0].Facts.Generation));
        Assert.All(versions[2..], version => Assert.NotNull(past.Find("b", "k", version.Facts.Generation)));
        past.Add(Version(segments: PastVersions.MaxWeight + 1));
        Assert.All(versions, version => Assert.Null(past.Find("b", "k", version.Facts.Generation)));
    }

    [Fact]
    public void The_bytes_of_small_ones_weigh_too()
    {
        var past = new PastVersions(new ManualTimeProvider());
        var content = new byte[PastVersions.MaxWeight / 4 * 256];
        var versions = Enumerable.Range(0, 4).Select(_ => Version(segments: 0) with { Segments = [new BlobSegment(default, content.Length, content)] }).ToArray();
        foreach (var version in versions)
        {
            past.Add(version);
        }

        Assert.Null(past.Find("b", "k", versions[0].Facts.Generation));
        Assert.NotNull(past.Find("b", "k", versions[1].Facts.Generation));
    }

    private static StoredVersion Version(int segments) => new(
        new VersionFacts { Bucket = "b", Key = "k", Generation = Generation.New(TimeProvider.System), Size = segments, ETag = "e", VersionId = "" },
        [.. Enumerable.Repeat(new BlobSegment(new BlobId(Generation.New(TimeProvider.System)), 1), segments)]);
}
