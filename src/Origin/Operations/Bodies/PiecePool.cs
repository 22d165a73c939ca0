using System.Buffers;

namespace EdgeCache.Origin.Operations.Bodies;

/// <summary>
/// The memory in which bodies are received. A body begins with a small piece and gets larger ones as long as they fill fast, so that thousands of
/// slow uploads hold little, and what fast ones hold together is bounded: beyond that they go on in small pieces.
/// </summary>
internal sealed class PiecePool
{
    /// <summary>The piece that everybody gets, in bytes.</summary>
    public const int MinPiece = 16 << 10;

    /// <summary>The largest piece, in bytes: 256 KiB writes were measured to be as cheap as larger ones.</summary>
    public const int MaxPiece = 256 << 10;

    /// <summary>What all larger pieces may hold together, in bytes: those of 128 fast uploads.</summary>
    public const long Budget = 64L << 20;

    /// <summary>A piece that fills within this time may be followed by one of twice the size: 10 MiB/s for the largest.</summary>
    private static readonly TimeSpan s_fast = TimeSpan.FromMilliseconds(25);

    /// <summary>After a piece that took longer than this, the body starts over with small ones.</summary>
    private static readonly TimeSpan s_slow = TimeSpan.FromMilliseconds(250);

    private long _held;

    /// <summary>What the larger pieces hold, in bytes.</summary>
    public long Held => Volatile.Read(ref _held);

    /// <summary>The size of the piece after one that took so long to fill.</summary>
    public static int SizeAfter(int size, TimeSpan elapsed) =>
        elapsed < s_fast ? Math.Min(2 * size, MaxPiece) : elapsed > s_slow ? MinPiece : size;

    /// <summary>Rents a piece of the size, or of <see cref="MinPiece"/> when the larger ones hold all that they may.</summary>
    public Piece Rent(int size)
    {
        if (size <= MinPiece)
        {
            return new Piece(this, size, counted: 0);
        }

        if (Interlocked.Add(ref _held, size) <= Budget)
        {
            return new Piece(this, size, counted: size);
        }

        Interlocked.Add(ref _held, -size);
        return new Piece(this, MinPiece, counted: 0);
    }

    /// <summary>A piece, its renter's until disposed.</summary>
    internal sealed class Piece(PiecePool pool, int size, int counted) : IDisposable
    {
        private byte[]? _array = ArrayPool<byte>.Shared.Rent(size);

        /// <summary>Its bytes.</summary>
        public Memory<byte> Memory => _array.AsMemory(0, size);

        /// <summary>How many bytes it has.</summary>
        public int Size => size;

        /// <inheritdoc/>
        public void Dispose()
        {
            if (Interlocked.Exchange(ref _array, null) is { } array)
            {
                ArrayPool<byte>.Shared.Return(array);
                Interlocked.Add(ref pool._held, -counted);
            }
        }
    }
}
