using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace EdgeCache.Shared.Buffers;

/// <summary>
/// A pool of page-aligned, pinned buffers of one size, bounded twice: by how many may be out at a time, and by how many idle ones are kept.
/// Use one pool per size class. Safe for concurrent use.
/// </summary>
/// <remarks>
/// Memory comes from the pinned object heap: it can be handed to the kernel without pinning, and a dropped buffer that some unfinished I/O may
/// still write to stays valid until nothing refers to it.
/// </remarks>
public sealed class BufferPool : IDisposable
{
    /// <summary>What every buffer's address is a multiple of, in bytes: enough for direct I/O.</summary>
    public const int Alignment = 4096;

    private readonly SemaphoreSlim _permits;
    private readonly Stack<Memory<byte>> _idle = new();
    private readonly int _maxOutstanding;
    private readonly int _maxRetained;

    /// <summary>Makes an empty pool; memory is allocated as it is rented.</summary>
    /// <param name="bufferSize">The length of each buffer, in bytes.</param>
    /// <param name="maxOutstanding">How many buffers may be out at a time: the bound on the memory that the pool's users hold.</param>
    /// <param name="maxRetained">How many idle buffers are kept; 0 keeps none.</param>
    public BufferPool(int bufferSize, int maxOutstanding, int maxRetained)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bufferSize);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxOutstanding);
        ArgumentOutOfRangeException.ThrowIfNegative(maxRetained);
        BufferSize = bufferSize;
        _maxOutstanding = maxOutstanding;
        _maxRetained = maxRetained;
        _permits = new SemaphoreSlim(maxOutstanding, maxOutstanding);
    }

    /// <summary>The length of each buffer, in bytes.</summary>
    public int BufferSize { get; }

    /// <summary>How many buffers are rented and neither released nor dropped. A test that ends with any has found a leak.</summary>
    public int Outstanding => _maxOutstanding - _permits.CurrentCount;

    /// <summary>How many idle buffers are kept.</summary>
    public int Retained
    {
        get
        {
            lock (_idle)
            {
                return _idle.Count;
            }
        }
    }

    /// <summary>Takes a buffer if fewer than the bound are out. Its content is undefined; the caller holds its only reference.</summary>
    public bool TryRent([NotNullWhen(true)] out PooledBuffer? buffer)
    {
        buffer = _permits.Wait(0) ? Take() : null;
        return buffer is not null;
    }

    /// <summary>Takes a buffer, once fewer than the bound are out. Its content is undefined; the caller holds its only reference.</summary>
    public ValueTask<PooledBuffer> RentAsync(CancellationToken cancellationToken)
    {
        return TryRent(out var buffer) ? new ValueTask<PooledBuffer>(buffer) : Wait();

        async ValueTask<PooledBuffer> Wait()
        {
            await _permits.WaitAsync(cancellationToken);
            return Take();
        }
    }

    /// <summary>Forgets the idle buffers. Buffers that are out stay usable, and are not kept on return.</summary>
    public void Dispose()
    {
        lock (_idle)
        {
            _idle.Clear();
            IsDisposed = true;
        }
    }

    /// <summary>Takes back the memory of a buffer that has no references left, or only the room it took if <paramref name="reusable"/> is false.</summary>
    internal void Return(Memory<byte> memory, bool reusable)
    {
        if (reusable)
        {
            lock (_idle)
            {
                if (!IsDisposed && _idle.Count < _maxRetained)
                {
                    _idle.Push(memory);
                }
            }
        }

        _permits.Release();
    }

    private bool IsDisposed { get; set; }

    private PooledBuffer Take()
    {
        Memory<byte> memory;
        lock (_idle)
        {
            _idle.TryPop(out memory);
        }

        try
        {
            return new PooledBuffer(this, memory.IsEmpty ? Allocate(BufferSize) : memory);
        }
        catch (OutOfMemoryException)
        {
            _permits.Release();
            throw;
        }
    }

    private static unsafe Memory<byte> Allocate(int size)
    {
        var array = GC.AllocateUninitializedArray<byte>(size + Alignment - 1, pinned: true);
        var address = (nuint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(array));
        var skip = (int)((Alignment - (address % Alignment)) % Alignment);
        return MemoryMarshal.CreateFromPinnedArray(array, skip, size);
    }
}
