using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace EdgeCache.Transport;

/// <summary>What a connection receives. A receive is always pending, unless the application is behind by more than the bound.</summary>
internal sealed class SocketInput
{
    /// <summary>A request's head; also what an idle connection holds.</summary>
    private const int SmallReceive = 2 << 10;

    /// <summary>An upload, once a receive was filled: the fewer calls the better.</summary>
    private const int LargeReceive = 64 << 10;

    private readonly Socket _socket;
    private readonly Pipe _pipe;

    public SocketInput(Socket socket, MemoryPool<byte> memory, int maxBuffer)
    {
        _socket = socket;
        _pipe = new Pipe(new PipeOptions(
            memory, PipeScheduler.Inline, PipeScheduler.Inline, pauseWriterThreshold: maxBuffer, resumeWriterThreshold: maxBuffer / 2, useSynchronizationContext: false));
    }

    public PipeReader Reader => _pipe.Reader;

    /// <summary>Receives until the client has sent all, the connection is shut down, or the application reads no more.</summary>
    public async Task ReceiveAsync()
    {
        Exception? failure = null;
        try
        {
            for (var size = SmallReceive; ;)
            {
                var memory = _pipe.Writer.GetMemory(size);
                var received = await _socket.ReceiveAsync(memory, SocketFlags.None);
                if (received == 0)
                {
                    break;
                }

                size = received == memory.Length ? LargeReceive : SmallReceive;
                _pipe.Writer.Advance(received);
                // Runs the application's reading here, and with it the whole of a request that waits for nothing.
                var flushed = await _pipe.Writer.FlushAsync();
                if (flushed.IsCompleted)
                {
                    break;
                }
            }
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionReset or SocketError.Shutdown or SocketError.ConnectionAborted)
        {
            failure = new ConnectionResetException(e.Message, e);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            failure = new ConnectionAbortedException(e.Message, e);
        }

        await _pipe.Writer.CompleteAsync(failure);
    }
}
