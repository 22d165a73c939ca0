using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Win32.SafeHandles;

namespace EdgeCache.Transport;

/// <summary>Sends files as bodies of responses: as regions where the connection can, by reading and writing elsewhere.</summary>
public static class FileRegions
{
    /// <summary>
    /// Below this many bytes a copy is cheaper than sendfile(2): of 16 KiB both cost the same, of 64 KiB sendfile half as much (docs/performance.md).
    /// </summary>
    public const int Threshold = 16 << 10;

    /// <summary>
    /// The longest region worth announcing at a time. The file is held open until it is sent, for a slow client too, and a region costs little more
    /// than a system call.
    /// </summary>
    public const int MaxLength = 2 << 20;

    /// <summary>How much is read and written at a time without sendfile; what nginx uses under TLS, and at par with it.</summary>
    internal const int CopyLength = 64 << 10;

    /// <summary>
    /// The sender of the request's connection; null when a body does not go out as it is written: over TLS, HTTP/2 and later, in chunks, or through
    /// another transport.
    /// </summary>
    public static IFileRegionSender? SenderOf(HttpContext context) =>
        context.Features.Get<IFileRegionSender>() is { } sender && context.Response.ContentLength is not null && IsPlain(context) ? sender : null;

    /// <summary>Adds a region to a response that has been started, and flushes it; false when it did not reach the kernel to its end.</summary>
    /// <param name="sender">Of the response's connection.</param>
    /// <param name="body">The response's writer.</param>
    /// <param name="file">Open until this completes.</param>
    /// <param name="offset">Where the region begins.</param>
    /// <param name="length">Its length in bytes, 1 to <see cref="MaxLength"/>.</param>
    /// <param name="broken">Told of a fault of the file, before the connection is broken off.</param>
    /// <param name="cancellationToken">Breaks the connection off.</param>
    public static ValueTask<bool> SendAsync(
        this IFileRegionSender sender, PipeWriter body, SafeFileHandle file, long offset, int length, Action<FileRegionFault>? broken, CancellationToken cancellationToken)
    {
        // Without it the server takes Advance for a mistake.
        _ = body.GetMemory(1);
        sender.Announce(file, offset, length, broken);
        body.Advance(length);
        var flushing = body.FlushAsync(cancellationToken);
        return flushing.IsCompletedSuccessfully ? ValueTask.FromResult(IsSent(flushing.Result)) : Wait();

        async ValueTask<bool> Wait() => IsSent(await flushing);

        bool IsSent(FlushResult flushed) => !flushed.IsCompleted && !flushed.IsCanceled && !sender.IsBrokenOff;
    }

    /// <summary>Writes a region by reading it: for connections without a sender.</summary>
    /// <returns>False when the client has left.</returns>
    /// <exception cref="EndOfStreamException">The file ends before the region does.</exception>
    /// <exception cref="IOException">The device failed.</exception>
    public static async ValueTask<bool> CopyAsync(PipeWriter body, SafeFileHandle file, long offset, long length, CancellationToken cancellationToken)
    {
        while (length > 0)
        {
            var piece = body.GetMemory(CopyLength)[..(int)Math.Min(length, CopyLength)];
            var read = await RandomAccess.ReadAsync(file, piece, offset, cancellationToken);
            if (read == 0)
            {
                throw new EndOfStreamException("The file is shorter than the region to be sent.");
            }

            body.Advance(read);
            offset += read;
            length -= read;
            var flushed = await body.FlushAsync(cancellationToken);
            if (flushed.IsCompleted || flushed.IsCanceled)
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsPlain(HttpContext context) =>
        (HttpProtocol.IsHttp11(context.Request.Protocol) || HttpProtocol.IsHttp10(context.Request.Protocol)) &&
        context.Features.Get<ITlsHandshakeFeature>() is null;
}
