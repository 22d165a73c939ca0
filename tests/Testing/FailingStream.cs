namespace EdgeCache.Testing;

/// <summary>Reads from another stream and fails, as a broken connection would, once <paramref name="failAt"/> bytes have been handed out.</summary>
/// <param name="inner">The source; disposed together with this stream.</param>
/// <param name="failAt">How many bytes are readable before the failure.</param>
/// <param name="failure">What to throw; an <see cref="IOException"/> when absent.</param>
public sealed class FailingStream(Stream inner, long failAt, Func<Exception>? failure = null) : ReadOnlyStream
{
    private long _position;

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        ThrowIfSpent(buffer.Length);
        var count = inner.Read(buffer[..(int)Math.Min(buffer.Length, failAt - _position)]);
        _position += count;
        return count;
    }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ThrowIfSpent(buffer.Length);
        var count = await inner.ReadAsync(buffer[..(int)Math.Min(buffer.Length, failAt - _position)], cancellationToken);
        _position += count;
        return count;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private void ThrowIfSpent(int wanted)
    {
        if (_position == failAt && wanted > 0)
        {
            throw failure?.Invoke() ?? new IOException($"The stream failed as scripted, after {failAt} bytes.");
        }
    }
}
