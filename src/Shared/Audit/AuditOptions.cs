namespace EdgeCache.Shared.Audit;

/// <summary>The bounds of the audit log on one node: section <c>Audit</c> of a tier's settings.</summary>
public sealed class AuditOptions
{
    /// <summary>After how long a batch is delivered, 100 ms to 1 hour.</summary>
    public TimeSpan MaxBatchAge { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>At which size a batch is delivered at once, in bytes before compression, 64 KiB to 32 MiB.</summary>
    public long MaxBatchBytes { get; set; } = 8L << 20;

    /// <summary>
    /// What may wait for delivery, in bytes, of either plane: from there on audited requests are refused with 503 until something was delivered.
    /// At least two batches.
    /// </summary>
    public long MaxSpoolBytes { get; set; } = 1L << 30;

    /// <summary>How long the end of the program may wait for the last batches to be delivered; what is left stays on disk for the next start. Up to 1 minute.</summary>
    public TimeSpan ShutdownPatience { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>What is wrong with the settings.</summary>
    public IEnumerable<string> Problems()
    {
        if (MaxBatchAge < TimeSpan.FromMilliseconds(100) || MaxBatchAge > TimeSpan.FromHours(1))
        {
            yield return "Audit:MaxBatchAge must lie between 100 milliseconds and 1 hour";
        }

        if (MaxBatchBytes is < (64 << 10) or > (32 << 20))
        {
            yield return "Audit:MaxBatchBytes must lie between 65536 and 33554432";
        }

        if (MaxSpoolBytes < 2 * MaxBatchBytes)
        {
            yield return "Audit:MaxSpoolBytes must hold at least two batches";
        }

        if (ShutdownPatience < TimeSpan.Zero || ShutdownPatience > TimeSpan.FromMinutes(1))
        {
            yield return "Audit:ShutdownPatience must lie between 0 and 1 minute";
        }
    }
}
