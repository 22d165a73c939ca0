namespace EdgeCache.Shared.Audit;

/// <summary>The spools of a node.</summary>
public sealed class AuditSpools : IDisposable
{
    private AuditSpools(AuditSpool controlPlane, AuditSpool dataPlane) => (ControlPlane, DataPlane) = (controlPlane, dataPlane);

    /// <summary>Of the control plane's API: durable before the request is answered.</summary>
    public AuditSpool ControlPlane { get; }

    /// <summary>Of S3: in the system's hands before the request is answered.</summary>
    public AuditSpool DataPlane { get; }

    /// <summary>Both.</summary>
    public IReadOnlyList<AuditSpool> All => [ControlPlane, DataPlane];

    /// <summary>Opens both in directories of their own.</summary>
    /// <param name="directory">The directory for both.</param>
    /// <param name="node">The node's name in the ids of batches, e.g. <c>edge.LGA1</c>.</param>
    /// <param name="options">The bounds.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="IOException">The directory can't be used.</exception>
    /// <exception cref="UnauthorizedAccessException">The directory can't be used.</exception>
    public static AuditSpools Open(string directory, string node, AuditOptions options, TimeProvider time) =>
        new(Open(AuditPlane.ControlPlane, directory, node, options, time), Open(AuditPlane.DataPlane, directory, node, options, time));

    /// <summary>Seals both and takes no more.</summary>
    public void Dispose()
    {
        ControlPlane.Dispose();
        DataPlane.Dispose();
    }

    private static AuditSpool Open(AuditPlane plane, string directory, string node, AuditOptions options, TimeProvider time) => AuditSpool.Open(
        new AuditSpoolOptions
        {
            Directory = Path.Combine(directory, AuditPlanes.Name(plane)),
            Plane = plane,
            Node = node,
            IsDurable = plane == AuditPlane.ControlPlane,
            MaxBatchAge = options.MaxBatchAge,
            MaxBatchBytes = options.MaxBatchBytes,
            MaxBytes = options.MaxSpoolBytes,
        },
        time);
}
