namespace EdgeCache.Testing;

/// <summary>
/// Hands out content in scripted slices: each read returns at most the rest of the current slice, as a network peer would. After the script the
/// rest follows unsliced. The optional gate runs before the first byte of each slice, so that a test decides when a slice arrives.
/// </summary>
/// <param name="content">All bytes of the stream.</param>
/// <param name="slices">The sizes of the slices, in bytes; each positive.</param>
/// <param name="gate">Called with the index of the slice that is about to begin; it may wait, or throw to fail the stream. Asynchronous reads only.</param>
public sealed class SlicedStream(ReadOnlyMemory<byte> content, IReadOnlyList<int> slices, Func<int, CancellationToken, Task>? gate = null) : ReadOnlyStream
{
    private int _position;
    private int _nextSlice;
    private int _leftInSlice;

    /// <summary>How many bytes have been handed out.</summary>
    public int BytesRead => _position;

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        if (gate is not null)
        {
            throw new NotSupportedException("A gated stream is read asynchronously.");
        }

        return AtSliceStart ? Take(buffer, BeginSlice()) : Take(buffer, _leftInSlice);
    }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (buffer.IsEmpty || !AtSliceStart)
        {
            return Take(buffer.Span, _leftInSlice);
        }

        if (gate is not null)
        {
            await gate(_nextSlice, cancellationToken);
        }

        return Take(buffer.Span, BeginSlice());
    }

    private bool AtSliceStart => _leftInSlice == 0 && _position < content.Length;

    private int BeginSlice() => _leftInSlice = _nextSlice < slices.Count ? slices[_nextSlice++] : content.Length - _position;

    private int Take(Span<byte> buffer, int available)
    {
        var count = Math.Min(Math.Min(available, buffer.Length), content.Length - _position);
        content.Span.Slice(_position, count).CopyTo(buffer);
        _position += count;
        _leftInSlice = available - count;
        return count;
    }
}
