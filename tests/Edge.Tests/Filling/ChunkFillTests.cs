using EdgeCache.Edge.Filling;
using EdgeCache.Edge.Storage.Nvme;
using EdgeCache.Shared.Buffers;
using EdgeCache.Shared.Primitives;

namespace EdgeCache.Edge.Tests.Filling;

public sealed class ChunkFillTests : IDisposable
{
    private const int Length = 1000;

    private readonly BufferPool _pool = new(Length, maxOutstanding: 4, maxRetained: 0);
    private readonly CancellationTokenSource _abandoned = new();
    private readonly ChunkFill _fill;

    public ChunkFillTests() => _fill = new ChunkFill(new ChunkId(new Generation(1, 2), 0), new FillExtent(0, Length, IsWhole: true, IsBlocks: false), reader: 1, Ticket(), _abandoned);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void The_last_to_leave_the_queue_abandons_the_fill_and_nobody_joins_it_any_more()
    {
        Assert.True(_fill.TryJoin(1));
        Assert.False(_fill.Leave());
        Assert.True(_fill.Leave());
        Assert.True(_abandoned.IsCancellationRequested);
        Assert.False(_fill.TryJoin(1));
        Assert.True(_pool.TryRent(out var buffer));
        Assert.False(_fill.Begin(buffer));
        buffer.Release();
    }

    [Fact]
    public void Once_begun_it_belongs_to_nobody()
    {
        Begin();
        Assert.False(_fill.Leave());
        Assert.False(_abandoned.IsCancellationRequested);
        Assert.True(_fill.TryJoin(1));
    }

    [Fact]
    public async Task A_waiter_wakes_for_the_bytes_beyond_its_offset_only()
    {
        Begin();
        var early = _fill.WaitBeyondAsync(0, Token).AsTask();
        var late = _fill.WaitBeyondAsync(500, Token).AsTask();
        _fill.Advance(100);
        Assert.Equal(new FillProgress(FillState.Filling, FillFailure.None, 100), await early);
        Assert.False(late.IsCompleted);
        _fill.Advance(900);
        Assert.Equal(FillState.Complete, (await late).State);
    }

    [Fact]
    public async Task A_failure_wakes_everyone_and_ends_joining()
    {
        Begin();
        var waiting = _fill.WaitBeyondAsync(0, Token).AsTask();
        _fill.Stall();
        _fill.Fail(FillFailure.VersionGone);
        Assert.Equal(new FillProgress(FillState.Failed, FillFailure.VersionGone, 0), await waiting);
        Assert.True(_fill.HasFailed);
        Assert.False(_fill.TryJoin(1));
    }

    [Fact]
    public void Bytes_are_copied_as_far_as_they_have_come_and_until_the_buffer_is_gone()
    {
        Begin();
        _fill.Remaining.Span[..10].Fill(7);
        _fill.Advance(10);
        var copy = new byte[20];
        Assert.Equal(6, _fill.TryCopy(4, copy));
        Assert.Equal(7, copy[5]);
        Assert.Equal(1, _pool.Outstanding);
        _fill.Retire();
        Assert.Equal(-1, _fill.TryCopy(4, copy));
        Assert.Equal(0, _pool.Outstanding);
    }

    [Fact]
    public async Task It_is_deserted_when_all_users_have_left()
    {
        Begin();
        Assert.True(_fill.TryJoin(1));
        var deserted = _fill.DesertedAsync();
        _fill.Leave();
        Assert.False(deserted.IsCompleted);
        _fill.Leave();
        await deserted.WaitAsync(Token);
    }

    public void Dispose()
    {
        _pool.Dispose();
        _abandoned.Dispose();
    }

    private static FillTicket Ticket() => new FillScheduler(FillBuffers.MinimumBudget, maxActive: 1, maxQueued: 1).TryEnter("acme", FillPriority.Foreground, Length)!;

    private void Begin()
    {
        Assert.True(_pool.TryRent(out var buffer));
        Assert.True(_fill.Begin(buffer));
    }
}
