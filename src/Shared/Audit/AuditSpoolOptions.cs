namespace EdgeCache.Shared.Audit;

/// <summary>Where and how much a spool keeps.</summary>
public sealed record AuditSpoolOptions
{
    /// <summary>The directory, used by one process at a time.</summary>
    public required string Directory { get; init; }

    /// <summary>What its records are of.</summary>
    public required AuditPlane Plane { get; init; }

    /// <summary>The name of this node in the ids of batches.</summary>
    public required string Node { get; init; }

    /// <summary>Whether each record is made durable before its request is answered, so that it survives a power cut and not only a killed process.</summary>
    public bool IsDurable { get; init; }

    /// <summary>A batch that reaches this size ends, in bytes before compression.</summary>
    public long MaxBatchBytes { get; init; } = 8L << 20;

    /// <summary>A batch ends after this time.</summary>
    public TimeSpan MaxBatchAge { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>What may wait for delivery, in bytes; beyond, audited requests are refused. Records of requests that were under way then still come on top.</summary>
    public long MaxBytes { get; init; } = 1L << 30;
}
