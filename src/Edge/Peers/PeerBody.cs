using System.Buffers;
using EdgeCache.Shared.Checksums;

namespace EdgeCache.Edge.Peers;

/// <summary>
/// The bytes of a peer's answer, out of their frames, each verified before it is given on. A peer that says nothing for <see cref="PeerTimes.Silence"/>, breaks
/// off or says that it can't go on ends in an <see cref="IOException"/>.
/// </summary>
internal sealed class PeerBody(Stream frames, Peer peer, Action<Peer, string> failed, TimeProvider time) : Stream
{
    private readonly byte[] _header = new byte[PeerFrame.HeaderSize];
    private PeerFrame _frame;
    private byte[]? _whole;
    private int _given;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Waits until the first bytes come, or a fault in their place.</summary>
    /// <exception cref="IOException">The peer fell silent or broke off.</exception>
    public async Task<PeerFault> BeginAsync(CancellationToken cancellationToken)
    {
        await ReadFrameAsync(cancellationToken);
        return _frame.Fault;
    }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_given == _frame.Length)
        {
            await ReadFrameAsync(cancellationToken);
            if (_frame.Fault != PeerFault.None)
            {
                throw new IOException($"peer {peer.Name} can't go on: {_frame.Fault}");
            }
        }

        // A frame goes straight to its place, unless there is too little room for all of it.
        if (_given == 0 && buffer.Length >= _frame.Length)
        {
            await ReadPayloadAsync(buffer[.._frame.Length], cancellationToken);
            return _given = _frame.Length;
        }

        if (_given == 0)
        {
            _whole ??= ArrayPool<byte>.Shared.Rent(PeerFrame.MaxPayload);
            await ReadPayloadAsync(_whole.AsMemory(0, _frame.Length), cancellationToken);
        }

        var count = Math.Min(buffer.Length, _frame.Length - _given);
        _whole.AsMemory(_given, count).CopyTo(buffer);
        _given += count;
        return count;
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Reading is asynchronous.");

    /// <inheritdoc/>
    public override void Flush() => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            frames.Dispose();
            if (_whole is { } whole)
            {
                _whole = null;
                ArrayPool<byte>.Shared.Return(whole);
            }
        }

        base.Dispose(disposing);
    }

    private async Task ReadFrameAsync(CancellationToken cancellationToken)
    {
        do
        {
            await ReceiveAsync(_header, cancellationToken);
            _frame = PeerFrame.Read(_header);
            peer.Spoke();
        }
        while (_frame.IsAlive);

        _given = 0;
        if (_frame.Length > PeerFrame.MaxPayload)
        {
            throw Fail("sent a frame that is too long");
        }
    }

    private async Task ReadPayloadAsync(Memory<byte> destination, CancellationToken cancellationToken)
    {
        await ReceiveAsync(destination, cancellationToken);
        if (Crc32C.Append(0, destination.Span) != _frame.Checksum)
        {
            throw Fail("sent bytes that differ from their checksum");
        }
    }

    private async Task ReceiveAsync(Memory<byte> destination, CancellationToken cancellationToken)
    {
        using var silence = new CancellationTokenSource(PeerTimes.Silence, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, cancellationToken);
        try
        {
            await frames.ReadExactlyAsync(destination, linked.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Fail("fell silent");
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            throw Fail("broke off");
        }
    }

    private IOException Fail(string what)
    {
        _whole = null; // a read that failed may still be writing to it
        failed(peer, what);
        return new IOException($"peer {peer.Name} {what}");
    }
}
