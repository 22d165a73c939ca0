using System.Buffers;
using System.Diagnostics;
using System.Text;

namespace EdgeCache.Shared.SigV4;

/// <summary>A growing byte buffer that starts on the stack and goes on in the pool. Bounded by its input: at most three bytes per byte of the request head.</summary>
internal ref struct CanonicalBuffer(Span<byte> initial)
{
    private Span<byte> _span = initial;
    private byte[]? _rented;
    private int _length;

    public readonly int Length => _length;

    public readonly ReadOnlySpan<byte> Written => _span[.._length];

    public void Append(byte value) => Reserve(1)[0] = value;

    public void Append(scoped ReadOnlySpan<byte> bytes) => bytes.CopyTo(Reserve(bytes.Length));

    public void AppendUtf8(scoped ReadOnlySpan<char> text)
    {
        var most = Encoding.UTF8.GetMaxByteCount(text.Length);
        var used = Encoding.UTF8.GetBytes(text, Reserve(most));
        _length -= most - used;
    }

    /// <summary>Appends text that is known to be ASCII, such as a run of unreserved characters.</summary>
    public void AppendAscii(scoped ReadOnlySpan<char> text)
    {
        var status = Ascii.FromUtf16(text, Reserve(text.Length), out _);
        Debug.Assert(status == OperationStatus.Done);
    }

    public void AppendHex(scoped ReadOnlySpan<byte> bytes) => Hex.Write(bytes, Reserve(bytes.Length * 2));

    public void Dispose()
    {
        if (_rented is not null)
        {
            ArrayPool<byte>.Shared.Return(_rented);
            _rented = null;
        }
    }

    private Span<byte> Reserve(int count)
    {
        if (_span.Length - _length < count)
        {
            Grow(count);
        }

        var reserved = _span.Slice(_length, count);
        _length += count;
        return reserved;
    }

    private void Grow(int count)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_length + count, _span.Length * 2));
        Written.CopyTo(larger);
        Dispose();
        _span = _rented = larger;
    }
}
