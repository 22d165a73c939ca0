using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

namespace EdgeCache.Load.Client;

/// <summary>Where a connection stands after it was read.</summary>
internal enum Progress
{
    /// <summary>More of the answer is to come.</summary>
    Pending,

    /// <summary>The answer is whole; the next request may be sent.</summary>
    Answered,

    /// <summary>The answer is whole or lost, and the connection is of no further use.</summary>
    Closed,
}

/// <summary>
/// One HTTP/1.1 connection with at most one request under way. It reads the head with little copying and has the kernel drop the body, or
/// compares it. Errors are counted in the result; they never throw.
/// </summary>
internal sealed unsafe class LoadConnection : IDisposable
{
    private const int FirstRead = 2048;
    private const int MaxHead = 32 * 1024;
    private const int MaxDrop = 1 << 20;
    private const int CompareBuffer = 256 * 1024;
    private const int ReadsPerTurn = 4;

    private readonly Socket _socket;
    private readonly LoadResult _result;
    private readonly bool _verify;
    private readonly byte[] _buffer;
    private PreparedRequest? _request;
    private ResponseHead _head;
    private long _start;
    private long _firstByte;
    private int _headBytes;
    private long _bodyRead;
    private bool _inBody;

    // True until the first error of the answer under way, so that each answer counts as one error at most.
    private bool _good;

    public LoadConnection(IPEndPoint endPoint, LoadResult result, bool verify)
    {
        _result = result;
        _verify = verify;
        _buffer = GC.AllocateUninitializedArray<byte>(verify ? CompareBuffer : MaxHead, pinned: true);
        _socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        _socket.Connect(endPoint);
        Descriptor = (int)_socket.Handle;
    }

    /// <summary>The socket's descriptor, open until <see cref="Dispose"/>.</summary>
    public int Descriptor { get; }

    /// <summary>Nanoseconds on the loop's clock from which the request under way counts; null when there is none.</summary>
    public long? Waiting => _request is null ? null : _start;

    /// <summary>Sends a request; false when the connection is broken. <paramref name="start"/> is the time from which its latency counts.</summary>
    public bool Send(PreparedRequest request, long start)
    {
        _request = request;
        _start = start;
        _firstByte = -1;
        _headBytes = 0;
        _inBody = false;
        _good = true;
        nint sent;
        fixed (byte* wire = request.Wire)
        {
            sent = Libc.Send(Descriptor, wire, request.Wire.Length, Libc.MessageDontWait | Libc.MessageNoSignal);
        }

        // A request is far smaller than a socket's empty send buffer: less than all of it means that the peer is gone.
        if (sent == request.Wire.Length)
        {
            return true;
        }

        Fail($"sending: error {Marshal.GetLastPInvokeError()}");
        return false;
    }

    /// <summary>Reads what is there, a bounded number of times, so that one fast connection does not keep others waiting.</summary>
    public Progress Receive(LoadClock clock)
    {
        for (var turn = 0; turn < ReadsPerTurn; turn++)
        {
            var received = Read();
            if (received < 0 && Marshal.GetLastPInvokeError() is Libc.TryAgain or Libc.Interrupted)
            {
                return Progress.Pending;
            }

            if (received <= 0)
            {
                if (_request is not null)
                {
                    Fail(received == 0 ? "closed by the server" : $"receiving: error {Marshal.GetLastPInvokeError()}");
                }

                return Progress.Closed;
            }

            if (_request is null)
            {
                _result.AddError("bytes that no request asked for");
                return Progress.Closed;
            }

            if (_firstByte < 0)
            {
                _firstByte = clock.Now;
            }

            var progress = _inBody ? OnBody((int)received) : OnHead((int)received);
            if (progress != Progress.Pending)
            {
                Finish(clock.Now);
                return progress;
            }
        }

        return Progress.Pending;
    }

    public void Dispose() => _socket.Dispose();

    private nint Read()
    {
        fixed (byte* buffer = _buffer)
        {
            if (!_inBody)
            {
                var room = Math.Min(_headBytes < FirstRead ? FirstRead : MaxHead, _buffer.Length) - _headBytes;
                return Libc.Receive(Descriptor, buffer + _headBytes, room, Libc.MessageDontWait);
            }

            var rest = _head.BodyLength - _bodyRead;
            return _verify || !_good
                ? Libc.Receive(Descriptor, buffer, (nint)Math.Min(rest, _buffer.Length), Libc.MessageDontWait)
                : Libc.Receive(Descriptor, null, (nint)Math.Min(rest, MaxDrop), Libc.MessageDontWait | Libc.MessageTruncate);
        }
    }

    private Progress OnHead(int received)
    {
        _headBytes += received;
        try
        {
            if (!ResponseHead.TryParse(_buffer.AsSpan(0, _headBytes), out _head))
            {
                return _headBytes < MaxHead ? Progress.Pending : Broken($"a head of more than {MaxHead} bytes");
            }
        }
        catch (FormatException e)
        {
            return Broken(e.Message);
        }

        if (_head.Status is < 200 or >= 300 || (_request!.BodyLength >= 0 && _head.BodyLength != _request.BodyLength))
        {
            AddError(Encoding.Latin1.GetString(_buffer, 0, _headBytes));
        }

        if (_head.BodyLength < 0)
        {
            // Without a length the end can't be told from a lost connection; no server under test answers an object so.
            return Broken("an answer without Content-Length");
        }

        if (_request!.HeadOnly)
        {
            _head = _head with { BodyLength = 0 };
        }

        _inBody = true;
        _bodyRead = 0;
        var body = _headBytes - _head.Length;
        if (body > _head.BodyLength)
        {
            return Broken("more bytes than Content-Length");
        }

        return body > 0 || _head.BodyLength == 0 ? Count(_buffer.AsSpan(_head.Length, body)) : Progress.Pending;
    }

    private Progress OnBody(int received) => Count(_verify ? _buffer.AsSpan(0, received) : default, received);

    private Progress Count(ReadOnlySpan<byte> body) => Count(body, body.Length);

    private Progress Count(ReadOnlySpan<byte> body, int received)
    {
        if (_good)
        {
            _result.Bytes += received;
            if (_verify && _request!.Content is { } content && !content.Matches(_request.Offset + _bodyRead, body))
            {
                AddError($"the body differs within {body.Length} bytes from {_request.Offset + _bodyRead}");
            }
        }

        _bodyRead += received;
        if (_bodyRead < _head.BodyLength)
        {
            return Progress.Pending;
        }

        return _head.Close ? Progress.Closed : Progress.Answered;
    }

    private Progress Broken(string reason)
    {
        AddError(reason);
        return Progress.Closed;
    }

    private void Fail(string reason)
    {
        AddError(reason);
        _request = null;
    }

    private void AddError(string reason)
    {
        if (_good)
        {
            _good = false;
            _result.AddError(reason);
        }
    }

    private void Finish(long now)
    {
        if (_good)
        {
            _result.Requests++;
            _result.Latency.Record(now - _start);
            _result.FirstByte.Record(_firstByte - _start);
        }

        _request = null;
    }
}
