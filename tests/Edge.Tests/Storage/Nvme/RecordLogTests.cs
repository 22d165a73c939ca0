using EdgeCache.Edge.Storage.Nvme;
using EdgeCache.Testing;

namespace EdgeCache.Edge.Tests.Storage.Nvme;

public sealed class RecordLogTests : IDisposable
{
    private readonly TempDirectory directory = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private RecordLogOptions Options => new() { Directory = directory.Path, Name = "log", PageSize = 4096, SegmentSize = 16384 };

    public void Dispose() => directory.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Committed_records_come_back_in_order_and_undamaged(int seed)
    {
        var random = new Random(seed);
        var expected = new List<byte[]>();
        for (var round = 0; round < 5; round++)
        {
            await using var log = RecordLog.Open(Options, TimeProvider.System);
            Assert.Equal(expected, Replay(log, out var damaged));
            Assert.Equal(0, damaged);
            for (var record = 0; record < 60; record++)
            {
                var bytes = new byte[random.Next(1, 900)];
                random.NextBytes(bytes);
                expected.Add(bytes);
                await log.AppendAsync(bytes, Cancellation);
                if (random.Next(10) == 0)
                    await log.CommitAsync(Cancellation);
            }

            await log.CommitAsync(Cancellation);
        }
    }

    [Fact]
    public async Task What_was_not_committed_is_not_there()
    {
        await using (var log = RecordLog.Open(Options, TimeProvider.System))
        {
            await log.AppendAsync("committed"u8.ToArray(), Cancellation);
            await log.CommitAsync(Cancellation);
            await log.AppendAsync("lost"u8.ToArray(), Cancellation);
        }

        await using var again = RecordLog.Open(Options, TimeProvider.System);
        Assert.Equal("committed"u8.ToArray(), Assert.Single(Replay(again, out _)));
    }

    [Fact]
    public async Task Truncation_deletes_whole_files_and_survives()
    {
        long last = 0;
        await using (var log = RecordLog.Open(Options, TimeProvider.System))
        {
            for (var record = 0; record < 100; record++)
                last = await log.AppendAsync(new byte[1000], Cancellation);
            await log.CommitAsync(Cancellation);
            var before = log.DiskBytes;
            log.TruncateUntil(last);
            await log.CommitAsync(Cancellation);
            while (log.DiskBytes >= before)
                await Task.Yield();
            Assert.Equal(last, log.BeginAddress);
        }

        await using var again = RecordLog.Open(Options, TimeProvider.System);
        Assert.Single(Replay(again, out var damaged));
        Assert.Equal(0, damaged);
    }

    [Fact]
    public async Task A_record_is_read_by_its_address()
    {
        await using var log = RecordLog.Open(Options, TimeProvider.System);
        var addresses = new List<long>();
        for (var record = 0; record < 50; record++)
            addresses.Add(await log.AppendAsync(Enumerable.Repeat((byte)record, 700).ToArray(), Cancellation));
        await log.CommitAsync(Cancellation);

        var read = new byte[700];
        for (var record = 0; record < 50; record++)
        {
            Assert.True(await log.ReadAsync(addresses[record], read, Cancellation));
            Assert.All(read, value => Assert.Equal(record, value));
        }

        Assert.False(await log.ReadAsync(1 << 30, read, Cancellation));
    }

    [Fact]
    public async Task A_zeroed_length_inside_a_page_is_noticed()
    {
        long third = 0;
        await using (var log = RecordLog.Open(Options, TimeProvider.System))
        {
            for (var record = 0; record < 20; record++)
            {
                var address = await log.AppendAsync(new byte[100], Cancellation);
                third = record == 3 ? address : third;
            }

            await log.CommitAsync(Cancellation);
        }

        using (var file = File.Open(directory.Combine("log.0"), FileMode.Open))
        {
            file.Position = third;
            file.Write(new byte[4]);
        }

        await using var again = RecordLog.Open(Options, TimeProvider.System);
        Assert.Equal(3, Replay(again, out var damaged).Count);
        Assert.Equal(1, damaged);
    }

    [Fact]
    public async Task A_failed_commit_is_reported_and_not_forgotten()
    {
        var plan = new FaultPlan(1);
        await using var log = RecordLog.Open(Options with { WrapDevice = device => plan.Wrap("log", device) }, TimeProvider.System);
        plan.Always = DeviceFault.NoSpace;
        await log.AppendAsync(new byte[10], Cancellation);
        await Assert.ThrowsAsync<IOException>(async () => await log.CommitAsync(Cancellation));
        plan.Always = DeviceFault.None;
        await Assert.ThrowsAsync<IOException>(async () => await log.CommitAsync(Cancellation));
    }

    private static List<byte[]> Replay(RecordLog log, out int damaged)
    {
        var records = new List<byte[]>();
        damaged = log.Replay((_, record) => records.Add(record.ToArray()));
        return records;
    }
}
