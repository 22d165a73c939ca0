using EdgeCache.Shared.Audit;
using EdgeCache.Testing;

namespace EdgeCache.Shared.Tests.Audit;

public sealed class AuditSpoolTests
{
    [Fact]
    public void Nothing_is_written_for_nothing()
    {
        using var directory = new TempDirectory();
        using (var spool = SampleRecords.Open(directory.Path, new ManualTimeProvider()))
        {
            spool.SealNow();
            Assert.Empty(spool.Sealed());
            Assert.Null(spool.OldestAt);
        }

        Assert.Empty(Directory.EnumerateFiles(directory.Path));
    }

    [Fact]
    public void A_batch_ends_by_age_or_by_size()
    {
        using var directory = new TempDirectory();
        var time = new ManualTimeProvider();
        using var spool = SampleRecords.Open(directory.Path, time, static o => o with { MaxBatchBytes = 64 << 10 });
        Assert.True(spool.TryAppend(SampleRecords.Of("org", "1")));
        spool.SealIfDue();
        Assert.Empty(spool.Sealed());
        time.Advance(TimeSpan.FromMinutes(1));
        spool.SealIfDue();
        Assert.Single(spool.Sealed());

        for (var i = 0; i < 200; i++)
        {
            spool.TryAppend(SampleRecords.Of("org", $"{i}"));
        }

        Assert.InRange(spool.Sealed().Count, 2, 4);
        Assert.All(spool.Sealed().Skip(1), static f => Assert.InRange(f.Length, 64 << 10, (64 << 10) + 2048));
    }

    [Fact]
    public void What_a_killed_process_left_is_found_without_its_torn_last_line()
    {
        using var directory = new TempDirectory();
        var time = new ManualTimeProvider();
        var killed = SampleRecords.Open(directory.Path, time);
        killed.TryAppend(SampleRecords.Of("one", "1"));
        killed.TryAppend(SampleRecords.Of("two", "2"));
        killed.TryAppend(SampleRecords.Of("one", "3"));
        var file = Assert.Single(Directory.GetFiles(directory.Path));
        var whole = File.ReadAllBytes(file);
        File.WriteAllBytes(file, [.. whole, .. whole.AsSpan(0, 100)]);

        using var spool = SampleRecords.Open(directory.Path, time);
        var damaged = 0;
        var batches = AuditBatches.Read(Assert.Single(spool.Sealed()), AuditPlane.DataPlane, n => damaged += n).ToList();
        Assert.Equal([("one", 2), ("two", 1)], batches.Select(static b => (b.OrganizationId, b.Records)));
        Assert.Equal(1, damaged);
        Assert.Equal(["1", "3"], ReceivingSink.RequestIds(batches[0]));
    }

    [Fact]
    public void A_full_spool_says_so_and_takes_again_once_something_was_delivered()
    {
        using var directory = new TempDirectory();
        using var spool = SampleRecords.Open(directory.Path, new ManualTimeProvider(), static o => o with { MaxBytes = 1000 });
        while (spool.CanTake)
        {
            Assert.True(spool.TryAppend(SampleRecords.Of("org", "1")));
        }

        // What was admitted before is still taken.
        Assert.True(spool.TryAppend(SampleRecords.Of("org", "last")));
        spool.SealNow();
        spool.Delete(Assert.Single(spool.Sealed()));
        Assert.True(spool.CanTake);
        Assert.Equal(0, spool.Bytes);
    }

    [Fact]
    public void A_failing_disk_refuses_records_and_is_tried_again_later()
    {
        using var directory = new TempDirectory();
        var time = new ManualTimeProvider();
        var path = directory.Combine("spool");
        using var spool = SampleRecords.Open(path, time);
        Directory.Delete(path);
        Assert.False(spool.TryAppend(SampleRecords.Of("org", "1")));
        Assert.False(spool.CanTake);

        Directory.CreateDirectory(path);
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.True(spool.CanTake);
        Assert.True(spool.TryAppend(SampleRecords.Of("org", "2")));
    }

    [Fact]
    public async Task Records_of_many_threads_are_all_there_once()
    {
        using var directory = new TempDirectory();
        using var spool = SampleRecords.Open(directory.Path, TimeProvider.System, static o => o with { MaxBatchBytes = 64 << 10 });
        await Parallel.ForAsync(0, 2000, TestContext.Current.CancellationToken, (i, _) =>
        {
            Assert.True(spool.TryAppend(SampleRecords.Of($"org{i % 3}", $"{i}")));
            return ValueTask.CompletedTask;
        });
        spool.SealNow();
        var ids = spool.Sealed().SelectMany(f => AuditBatches.Read(f, AuditPlane.DataPlane, static _ => Assert.Fail())).SelectMany(ReceivingSink.RequestIds);
        Assert.Equal(Enumerable.Range(0, 2000), ids.Select(int.Parse).Order());
    }

    [Fact]
    public void A_closed_spool_takes_nothing()
    {
        using var directory = new TempDirectory();
        var spool = SampleRecords.Open(directory.Path, new ManualTimeProvider());
        spool.Dispose();
        Assert.False(spool.TryAppend(SampleRecords.Of("org", "1")));
    }
}
