using FASTER.core;

namespace EdgeCache.Edge.Storage.Nvme;

/// <summary>
/// The device under a FASTER log: positional writes to the files of a <see cref="SegmentTable"/>, on the thread pool. FASTER's own Linux
/// device is not used because it syncs every write, creates files by reading them, and hangs when handles run out. Every callback runs
/// exactly once, with an error code instead of an exception. The table's owner disposes the table; the device owns no handle.
/// </summary>
internal sealed class SegmentDevice : StorageDeviceBase
{
    /// <summary>The unit and alignment of writes, in bytes.</summary>
    public const int Sector = 4096;

    /// <summary>One write call's size: large enough to keep an NVMe drive busy, small enough that the page cache is fed evenly.</summary>
    private const int WriteSize = 4 << 20;

    private const uint Closed = 108; // ESHUTDOWN
    private const uint GeneralFault = 5; // EIO

    private readonly SegmentTable segments;
    private readonly Action<int>? written;
    private readonly InFlight inFlight = new();

    /// <summary>Makes a device over the files of a table.</summary>
    /// <param name="segments">The files.</param>
    /// <param name="path">What they have in common, for FASTER's messages.</param>
    /// <param name="written">Told of the bytes of each write that reached a file; on any thread.</param>
    public SegmentDevice(SegmentTable segments, string path, Action<int>? written = null)
        : base(path, Sector, Devices.CAPACITY_UNSPECIFIED) => (this.segments, this.written) = (segments, written);

    /// <summary>Refuses new I/O, and completes when none is under way: only then may the log's memory and addresses be used again.</summary>
    public Task DrainAsync() => inFlight.CloseAsync();

    /// <inheritdoc/>
    public override void WriteAsync(
        IntPtr sourceAddress, int segmentId, ulong destinationAddress, uint numBytesToWrite, DeviceIOCompletionCallback callback, object context) =>
        Start(() => Write(sourceAddress, segmentId, (long)destinationAddress, (int)numBytesToWrite), callback, context);

    /// <inheritdoc/>
    public override void ReadAsync(
        int segmentId, ulong sourceAddress, IntPtr destinationAddress, uint readLength, DeviceIOCompletionCallback callback, object context) =>
        Start(() => Read(segmentId, (long)sourceAddress, destinationAddress, (int)readLength), callback, context);

    /// <inheritdoc/>
    public override void RemoveSegmentAsync(int segment, AsyncCallback callback, IAsyncResult result)
    {
        segments.Retire(segment);
        callback(result);
    }

    /// <inheritdoc/>
    public override void Dispose() => _ = inFlight.CloseAsync();

    private void Start(Func<uint> operation, DeviceIOCompletionCallback callback, object context)
    {
        var entered = inFlight.TryEnter();
        ThreadPool.UnsafeQueueUserWorkItem(
            _ =>
            {
                uint error;
                try
                {
                    error = entered ? operation() : Closed;
                }
                catch (Exception e)
                {
                    error = e.HResult == 0 ? GeneralFault : unchecked((uint)e.HResult);
                }

                try
                {
                    // The count that FASTER gets is never read by a log; the error decides.
                    callback(error, 0, context);
                }
                catch (Exception)
                {
                    // A fault inside FASTER must not end the process: the commit that waits for this flush times out, and its log is rebuilt.
                }
                finally
                {
                    if (entered)
                        inFlight.Exit();
                }
            },
            null);
    }

    private unsafe uint Write(IntPtr source, int segmentId, long offset, int length)
    {
        if (!segments.Contains(segmentId))
            segments.Create(segmentId);

        if (!segments.TryAcquire(segmentId, out var segment))
            return GeneralFault;

        try
        {
            var bytes = new ReadOnlySpan<byte>((void*)source, length);
            for (var done = 0; done < length; done += WriteSize)
            {
                // RandomAccess.Write goes on after a short write, and throws when nothing more can be written.
                RandomAccess.Write(segment.Handle, bytes.Slice(done, Math.Min(WriteSize, length - done)), offset + done);
            }

            written?.Invoke(length);
            return 0;
        }
        finally
        {
            segment.Release();
        }
    }

    private unsafe uint Read(int segmentId, long offset, IntPtr destination, int length)
    {
        if (!segments.TryAcquire(segmentId, out var segment))
            return GeneralFault;

        try
        {
            var bytes = new Span<byte>((void*)destination, length);
            while (!bytes.IsEmpty)
            {
                var read = RandomAccess.Read(segment.Handle, bytes, offset);
                if (read == 0)
                    break;

                bytes = bytes[read..];
                offset += read;
            }

            // FASTER reads whole sectors; past the end of the file there is nothing but the zeros that an unwritten page holds.
            bytes.Clear();
            return 0;
        }
        finally
        {
            segment.Release();
        }
    }
}
