using System.Reflection;
using EdgeCache.Edge.Authentication;
using EdgeCache.Edge.Caching;
using EdgeCache.Edge.Tests.Peers;
using EdgeCache.Shared.SigV4;

namespace EdgeCache.Edge.Tests.Caching;

public sealed class StoreKeyTests
{
    /// <summary>What is written without a string must be what the fact is kept under, or nothing would ever be found.</summary>
    [Fact]
    public async Task Both_forms_of_a_key_are_the_same()
    {
        await using var cluster = await EdgeCluster.StartAsync();
        var parts = cluster.Edge.Parts;
        var region = parts.Regions.All[0];
        foreach (var key in new[] { "a", "deep/er/\u00e9\u4e16", new string('k', 200), "//", "x" })
        {
            AssertSame(parts.Versions, new VersionName(region, "models", key, null));
        }

        AssertSame(parts.Organizations, "acme");
        AssertSame(Field(parts.Locator, "facts"), new RegionalBucket(region, "models"));
        AssertSame(new SigningKeyCache(null!, null!, null!, default, TimeProvider.System, null!, default), new SigningKeyName("AK", new SigV4Scope("20260301", "us-east-1", "s3")));
    }

    [Fact]
    public async Task What_is_too_long_or_names_a_version_takes_the_other_way()
    {
        await using var cluster = await EdgeCluster.StartAsync();
        var region = cluster.Edge.Parts.Regions.All[0];
        Assert.False(Written(cluster.Edge.Parts.Versions, new VersionName(region, "models", new string('k', 1024), null), out _));
        Assert.False(Written(cluster.Edge.Parts.Versions, new VersionName(region, "models", "a", "v/1"), out _));
    }

    private static object Field(object of, string name) =>
        of.GetType().GetFields(BindingFlags.NonPublic | BindingFlags.Instance).Single(field => field.Name.Contains(name, StringComparison.Ordinal)).GetValue(of)!;

    private static void AssertSame<T>(object cache, T name)
    {
        Assert.True(Written(cache, name, out var written));
        Assert.Equal(cache.GetType().GetMethod("StoreKey", BindingFlags.NonPublic | BindingFlags.Instance)!.Invoke(cache, [name]), written);
    }

    private static bool Written<T>(object cache, T name, out string written)
    {
        var write = cache.GetType().GetMethod("TryWriteStoreKey", BindingFlags.NonPublic | BindingFlags.Instance)!.CreateDelegate<Writer<T>>(cache);
        Span<char> key = stackalloc char[256];
        var fits = write(name, key, out var length);
        written = fits ? key[..length].ToString() : string.Empty;
        return fits;
    }

    private delegate bool Writer<T>(T name, Span<char> key, out int length);
}
