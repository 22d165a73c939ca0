using EdgeCache.Shared.Audit;
using EdgeCache.Testing;

namespace EdgeCache.Shared.Tests.Audit;

public sealed class AuditDeliveryTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Delivered_batches_leave_the_disk()
    {
        using var directory = new TempDirectory();
        var (time, sink) = (new ManualTimeProvider(), new ReceivingSink());
        using var spool = SampleRecords.Open(directory.Path, time);
        spool.TryAppend(SampleRecords.Of("one", "1"));
        spool.TryAppend(SampleRecords.Of("two", "2"));
        Assert.True(await new AuditDelivery([spool], sink.SendAsync, sink, time).FlushAsync(Token));
        Assert.Equal(["1", "2"], sink.Objects.Values.SelectMany(ReceivingSink.RequestIds).Order());
        Assert.Equal(2, sink.Objects.Count);
        Assert.Empty(Directory.EnumerateFiles(directory.Path));
        Assert.Equal(0, spool.Bytes);
    }

    [Fact]
    public async Task An_absent_receiver_loses_nothing_and_gets_nothing_twice()
    {
        using var directory = new TempDirectory();
        var (time, sink) = (new ManualTimeProvider(), new ReceivingSink { Answer = static _ => AuditReceipt.Unavailable });
        using var spool = SampleRecords.Open(directory.Path, time);
        var delivery = new AuditDelivery([spool], sink.SendAsync, sink, time);
        spool.TryAppend(SampleRecords.Of("one", "1"));
        spool.SealNow();
        spool.TryAppend(SampleRecords.Of("one", "2"));
        Assert.False(await delivery.FlushAsync(Token));
        Assert.Single(sink.Asked);
        Assert.Equal(2, spool.Sealed().Count);

        sink.Answer = static _ => AuditReceipt.Stored;
        Assert.True(await delivery.FlushAsync(Token));
        Assert.Equal(["1", "2"], sink.Objects.Values.SelectMany(ReceivingSink.RequestIds).Order());
    }

    [Fact]
    public async Task One_refused_organization_does_not_hold_up_the_others()
    {
        using var directory = new TempDirectory();
        var (time, sink) = (new ManualTimeProvider(), new ReceivingSink { Answer = static b => b.OrganizationId == "bad" ? AuditReceipt.Refused : AuditReceipt.Stored });
        using var spool = SampleRecords.Open(directory.Path, time);
        var delivery = new AuditDelivery([spool], sink.SendAsync, sink, time);
        spool.TryAppend(SampleRecords.Of("bad", "1"));
        spool.TryAppend(SampleRecords.Of("good", "2"));
        spool.SealNow();
        spool.TryAppend(SampleRecords.Of("good", "3"));
        Assert.False(await delivery.FlushAsync(Token));
        Assert.Equal(["2", "3"], sink.Objects.Values.SelectMany(ReceivingSink.RequestIds).Order());
        Assert.False(await delivery.FlushAsync(Token));
        Assert.Equal(["bad", "good", "good", "bad"], sink.Asked);
        Assert.Single(spool.Sealed());
    }

    [Fact]
    public async Task A_batch_whose_receipt_was_lost_with_the_process_is_stored_once()
    {
        using var directory = new TempDirectory();
        var (time, sink) = (new ManualTimeProvider(), new ReceivingSink());
        using (var spool = SampleRecords.Open(directory.Path, time))
        {
            spool.TryAppend(SampleRecords.Of("one", "1"));
            spool.SealNow();
            var file = Assert.Single(spool.Sealed());
            await sink.SendAsync(AuditBatches.Read(file, AuditPlane.DataPlane, static _ => { }).Single(), Token);
        }

        using var next = SampleRecords.Open(directory.Path, time);
        Assert.True(await new AuditDelivery([next], sink.SendAsync, sink, time).FlushAsync(Token));
        Assert.Equal(["one", "one"], sink.Asked);
        Assert.Single(sink.Objects);
    }
}
