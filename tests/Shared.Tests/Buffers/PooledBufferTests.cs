using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using EdgeCache.Shared.Buffers;

namespace EdgeCache.Shared.Tests.Buffers;

public sealed class PooledBufferTests : IDisposable
{
    private const int Size = 64 * 1024;
    private readonly BufferPool _pool = new(Size, maxOutstanding: 2, maxRetained: 1);

    public void Dispose() => _pool.Dispose();

    [Fact]
    public void A_released_buffer_is_rented_again()
    {
        var first = Rent();
        var address = Address(first);
        first.Release();
        Assert.Equal((0, 1), (_pool.Outstanding, _pool.Retained));

        var second = Rent();
        Assert.Equal(address, Address(second));
        Assert.NotSame(first, second);
        Assert.Equal((1, 0), (_pool.Outstanding, _pool.Retained));
        second.Release();
    }

    [Fact]
    public void Buffers_are_aligned_and_of_the_exact_size()
    {
        var buffer = Rent();
        Assert.Equal(Size, buffer.Length);
        Assert.Equal(Size, buffer.Span.Length);
        Assert.Equal(0u, Address(buffer) % BufferPool.Alignment);
        buffer.Span.Fill(1);
        buffer.Release();
    }

    [Fact]
    public void The_memory_returns_with_the_last_reference()
    {
        var buffer = Rent();
        Assert.True(buffer.TryAddReference());
        buffer.Release();
        Assert.Equal(1, _pool.Outstanding);
        buffer.Span[0] = 1;
        buffer.Release();
        Assert.Equal(0, _pool.Outstanding);
    }

    [Fact]
    public void A_buffer_without_references_can_neither_be_used_nor_revived()
    {
        var buffer = Rent();
        buffer.Release();
        Assert.False(buffer.TryAddReference());
        Assert.Throws<ObjectDisposedException>(() => buffer.Memory);
        Assert.Throws<InvalidOperationException>(buffer.Release);
        Assert.False(buffer.TryAddReference());
        Assert.Equal((0, 1), (_pool.Outstanding, _pool.Retained));
    }

    [Fact]
    public void A_stale_holder_does_not_reach_the_next_rental()
    {
        var stale = Rent();
        stale.Release();
        var next = Rent();
        Assert.False(stale.TryAddReference());
        Assert.True(next.TryAddReference());
        next.Release();
        next.Release();
    }

    [Fact]
    public void Dropped_memory_is_never_rented_again()
    {
        var buffer = Rent();
        Assert.True(buffer.TryAddReference());
        buffer.Drop();
        Assert.Equal(1, _pool.Outstanding);
        buffer.Release();
        Assert.Equal((0, 0), (_pool.Outstanding, _pool.Retained));
    }

    [Fact]
    public async Task The_bound_on_rentals_holds_and_a_release_lets_the_next_in()
    {
        var stop = TestContext.Current.CancellationToken;
        var first = Rent();
        var second = Rent();
        Assert.False(_pool.TryRent(out _));
        var waiting = _pool.RentAsync(stop).AsTask();
        Assert.False(waiting.IsCompleted);

        first.Release();
        var third = await waiting;
        Assert.Equal(2, _pool.Outstanding);

        using var impatient = new CancellationTokenSource();
        var cancelled = _pool.RentAsync(impatient.Token).AsTask();
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);

        second.Release();
        third.Release();
        Assert.Equal((0, 1), (_pool.Outstanding, _pool.Retained));
    }

    [Fact]
    public void A_disposed_pool_keeps_nothing()
    {
        var buffer = Rent();
        _pool.Dispose();
        buffer.Span[0] = 1;
        buffer.Release();
        Assert.Equal((0, 0), (_pool.Outstanding, _pool.Retained));
    }

    [Fact]
    public async Task Concurrent_holders_return_the_memory_exactly_once()
    {
        const int Holders = 4;
        for (var round = 0; round < 500; round++)
        {
            var buffer = Rent();
            using var start = new Barrier(Holders);
            var joined = 0;
            await Task.WhenAll(Enumerable.Range(0, Holders).Select(holder => Task.Factory.StartNew(
                () =>
                {
                    start.SignalAndWait();
                    if (holder == 0)
                    {
                        buffer.Release();
                    }
                    else if (buffer.TryAddReference())
                    {
                        Interlocked.Increment(ref joined);
                        buffer.Span[holder] = (byte)holder;
                        buffer.Release();
                    }
                },
                CancellationToken.None,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default)));
            Assert.InRange(joined, 0, Holders - 1);
            Assert.Equal((0, 1), (_pool.Outstanding, _pool.Retained));
        }
    }

    private PooledBuffer Rent()
    {
        Assert.True(_pool.TryRent(out var buffer));
        return buffer;
    }

    private static unsafe nuint Address(PooledBuffer buffer) => (nuint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(buffer.Span));
}
