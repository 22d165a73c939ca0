namespace EdgeCache.Shared.Buffers;

/// <summary>
/// One rental of a pooled buffer, shared by counting references. It begins with one reference, the renter's. Whoever holds a reference may use the
/// memory and must give the reference up exactly once, by <see cref="Release"/> or <see cref="Drop"/>; the last one returns the memory to the pool.
/// </summary>
/// <remarks>
/// The object is of one rental, never recycled: a late <see cref="TryAddReference"/> from an earlier rental fails instead of reaching
/// someone else's bytes.
/// </remarks>
public sealed class PooledBuffer
{
    private readonly BufferPool _pool;
    private readonly Memory<byte> _memory;
    private int _references = 1;
    private volatile bool _dropped;

    internal PooledBuffer(BufferPool pool, Memory<byte> memory)
    {
        _pool = pool;
        _memory = memory;
    }

    /// <summary>The length of the buffer, in bytes.</summary>
    public int Length => _memory.Length;

    /// <summary>The bytes: pinned, and aligned to <see cref="BufferPool.Alignment"/>.</summary>
    /// <exception cref="ObjectDisposedException">Nobody holds a reference any more.</exception>
    public Memory<byte> Memory
    {
        get
        {
            ObjectDisposedException.ThrowIf(Volatile.Read(ref _references) == 0, this);
            return _memory;
        }
    }

    /// <inheritdoc cref="Memory"/>
    public Span<byte> Span => Memory.Span;

    /// <summary>Adds a reference, unless the last one has already gone; then the buffer must not be touched.</summary>
    public bool TryAddReference()
    {
        var current = Volatile.Read(ref _references);
        while (current > 0)
        {
            var seen = Interlocked.CompareExchange(ref _references, current + 1, current);
            if (seen == current)
            {
                return true;
            }

            current = seen;
        }

        return false;
    }

    /// <summary>Gives up one reference.</summary>
    /// <exception cref="InvalidOperationException">More references were given up than taken.</exception>
    public void Release()
    {
        var left = Interlocked.Decrement(ref _references);
        if (left == 0)
        {
            _pool.Return(_memory, reusable: !_dropped);
        }
        else if (left < 0)
        {
            Interlocked.Increment(ref _references);
            throw new InvalidOperationException("A reference to a pooled buffer was given up twice.");
        }
    }

    /// <summary>
    /// Gives up one reference after an unknown outcome, such as a cancelled read that the kernel may still finish: the memory is never rented again,
    /// and left to the garbage collector once all references are gone.
    /// </summary>
    /// <exception cref="InvalidOperationException">More references were given up than taken.</exception>
    public void Drop()
    {
        _dropped = true;
        Release();
    }
}
