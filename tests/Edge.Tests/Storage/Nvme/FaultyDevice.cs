using FASTER.core;

namespace EdgeCache.Edge.Tests.Storage.Nvme;

/// <summary>What happens to one write.</summary>
internal enum DeviceFault
{
    None,
    IoError,
    NoSpace,
    ShortWrite,
    Slow,
}

/// <summary>Decides the fate of writes: a fixed fault while one is set, otherwise one drawn from the seed with a probability.</summary>
internal sealed class FaultPlan(int seed, double probability = 0)
{
    private readonly Random random = new(seed);
    private readonly Lock gate = new();

    /// <summary>The log whose device fails; null for both.</summary>
    public string? Log { get; set; }

    /// <summary>Set: every write meets this fault.</summary>
    public DeviceFault Always { get; set; }

    public bool Drawing { get; set; } = true;

    /// <summary>Slow writes wait for this.</summary>
    public TaskCompletionSource Release { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int Injected { get; private set; }

    public DeviceFault Draw(string log)
    {
        lock (gate)
        {
            if (Log is not null && Log != log)
                return DeviceFault.None;

            var fault = Always != DeviceFault.None ? Always
                : Drawing && random.NextDouble() < probability ? (DeviceFault)random.Next(1, 4)
                : DeviceFault.None;
            if (fault != DeviceFault.None)
                Injected++;

            return fault;
        }
    }

    public IDevice Wrap(string log, IDevice inner) => new FaultyDevice(log, inner, this);
}

/// <summary>A device that fails as its plan says and otherwise passes everything on.</summary>
internal sealed class FaultyDevice(string log, IDevice inner, FaultPlan plan) : StorageDeviceBase(inner.FileName, inner.SectorSize, inner.Capacity)
{
    public override void Initialize(long segmentSize, LightEpoch? epoch = null, bool omitSegmentIdFromFilename = false)
    {
        base.Initialize(segmentSize, epoch, omitSegmentIdFromFilename);
        inner.Initialize(segmentSize, epoch, omitSegmentIdFromFilename);
    }

    public override void WriteAsync(
        IntPtr sourceAddress, int segmentId, ulong destinationAddress, uint numBytesToWrite, DeviceIOCompletionCallback callback, object context)
    {
        switch (plan.Draw(log))
        {
            case DeviceFault.None:
                inner.WriteAsync(sourceAddress, segmentId, destinationAddress, numBytesToWrite, callback, context);
                break;
            case DeviceFault.IoError:
                ThreadPool.UnsafeQueueUserWorkItem(_ => callback(5, 0, context), null);
                break;
            case DeviceFault.NoSpace:
                ThreadPool.UnsafeQueueUserWorkItem(_ => callback(28, 0, context), null);
                break;
            case DeviceFault.ShortWrite:
                // Half of it reaches the disk, then the device reports that it failed.
                inner.WriteAsync(sourceAddress, segmentId, destinationAddress, numBytesToWrite / 2, (_, _, _) => callback(5, 0, context), context);
                break;
            case DeviceFault.Slow:
                _ = plan.Release.Task.ContinueWith(
                    _ => inner.WriteAsync(sourceAddress, segmentId, destinationAddress, numBytesToWrite, callback, context), TaskScheduler.Default);
                break;
        }
    }

    public override void ReadAsync(
        int segmentId, ulong sourceAddress, IntPtr destinationAddress, uint readLength, DeviceIOCompletionCallback callback, object context) =>
        inner.ReadAsync(segmentId, sourceAddress, destinationAddress, readLength, callback, context);

    public override void RemoveSegmentAsync(int segment, AsyncCallback callback, IAsyncResult result) => inner.RemoveSegmentAsync(segment, callback, result);

    public override void Dispose() => inner.Dispose();
}
