using System.Runtime.CompilerServices;

namespace EdgeCache.Shared.SigV4;

/// <summary>Reads lines and raw bytes by turns from a stream, with a fixed amount of memory.</summary>
internal sealed class LineBuffer(Stream source)
{
    /// <summary>What one read may fetch ahead; a line has to fit.</summary>
    public const int Capacity = ChunkTrailers.MaxLength;

    private readonly byte[] _bytes = new byte[Capacity];
    private int _start;
    private int _end;

    /// <summary>Whether nothing is fetched ahead.</summary>
    public bool IsEmpty => _start == _end;

    /// <summary>Fetches more; 0 at the end of the source. Only when no whole line is there, and it is not too long.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<int> FillAsync(CancellationToken cancellationToken)
    {
        _bytes.AsSpan(_start.._end).CopyTo(_bytes);
        (_start, _end) = (0, _end - _start);
        var read = await source.ReadAsync(_bytes.AsMemory(_end), cancellationToken);
        _end += read;
        return read;
    }

    /// <summary>Takes a line without its LF or CRLF; false when its end is not there yet. The span is good until the next call.</summary>
    /// <param name="maxLength">At most <see cref="Capacity"/>.</param>
    /// <param name="line">The line.</param>
    /// <param name="tooLong">Whether the line is longer than allowed, ended or not.</param>
    public bool TryTakeLine(int maxLength, out ReadOnlySpan<byte> line, out bool tooLong)
    {
        var ahead = _bytes.AsSpan(_start.._end);
        var length = ahead.IndexOf((byte)'\n');
        tooLong = (length < 0 ? ahead.Length : length) >= maxLength;
        if (length < 0 || tooLong)
        {
            line = default;
            return false;
        }

        _start += length + 1;
        line = ahead[..length];
        line = line.EndsWith((byte)'\r') ? line[..^1] : line;
        return true;
    }

    /// <summary>Reads up to the given number of bytes: what is fetched ahead, or straight from the source.</summary>
    public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (IsEmpty)
        {
            return source.ReadAsync(buffer, cancellationToken);
        }

        var taken = Math.Min(buffer.Length, _end - _start);
        _bytes.AsSpan(_start, taken).CopyTo(buffer.Span);
        _start += taken;
        return new ValueTask<int>(taken);
    }
}
