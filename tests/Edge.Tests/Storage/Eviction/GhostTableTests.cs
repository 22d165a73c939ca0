using EdgeCache.Edge.Storage.Eviction;

namespace EdgeCache.Edge.Tests.Storage.Eviction;

public sealed class GhostTableTests
{
    [Fact]
    public void A_ghost_is_taken_once()
    {
        var ghosts = new GhostTable(64);
        ghosts.Add(Hash(1), wasStored: true);

        Assert.True(ghosts.TryTake(Hash(1)));
        Assert.False(ghosts.TryTake(Hash(1)));
        Assert.False(ghosts.TryTake(Hash(2)));
    }

    [Fact]
    public void A_ghost_tells_whether_it_was_stored()
    {
        var ghosts = new GhostTable(64);
        ghosts.Add(Hash(1), wasStored: true);
        ghosts.Add(Hash(2), wasStored: false);

        Assert.True(ghosts.WasStored(Hash(1)));
        Assert.False(ghosts.WasStored(Hash(2)));
        Assert.Null(ghosts.WasStored(Hash(3)));
        ghosts.Add(Hash(2), wasStored: true);
        Assert.True(ghosts.WasStored(Hash(2)));
        Assert.True(ghosts.TryTake(Hash(2)));
        Assert.Null(ghosts.WasStored(Hash(2)));
    }

    [Fact]
    public void A_hash_whose_fingerprint_would_be_zero_is_remembered_too()
    {
        var ghosts = new GhostTable(64);

        Assert.False(ghosts.TryTake(5));
        ghosts.Add(5, wasStored: true);
        Assert.True(ghosts.TryTake(5));
    }

    [Fact]
    public void Most_of_the_last_that_fit_are_remembered_and_of_the_older_none()
    {
        const int Capacity = 8192;
        var ghosts = new GhostTable(Capacity);
        for (var i = 0; i < 4 * Capacity; i++)
            ghosts.Add(Hash(i), wasStored: true);

        var young = Enumerable.Range(3 * Capacity, Capacity).Count(i => ghosts.TryTake(Hash(i)));
        var old = Enumerable.Range(0, Capacity).Count(i => ghosts.TryTake(Hash(i)));

        Assert.InRange(young, Capacity * 7 / 10, Capacity);
        Assert.InRange(old, 0, Capacity / 100);
    }

    private static ulong Hash(int i)
    {
        var hash = ((ulong)i + 1) * 0x9E3779B97F4A7C15;
        hash = (hash ^ (hash >> 31)) * 0xBF58476D1CE4E5B9;
        return hash ^ (hash >> 29);
    }
}
