namespace EdgeCache.Shared.Audit;

/// <summary>Which interface an audited request used; also the first folder of the audit bucket.</summary>
public enum AuditPlane
{
    /// <summary>The control plane's API: <c>control-plane/</c>.</summary>
    ControlPlane,

    /// <summary>S3: <c>data-plane/</c>.</summary>
    DataPlane,
}

/// <summary>The names of <see cref="AuditPlane"/>.</summary>
public static class AuditPlanes
{
    /// <summary>The name as it stands in records, in the keys of the audit bucket and in directories.</summary>
    public static string Name(AuditPlane plane) => plane switch
    {
        AuditPlane.ControlPlane => "control-plane",
        AuditPlane.DataPlane => "data-plane",
    };

    /// <summary>Reads a name.</summary>
    public static bool TryParse(string? name, out AuditPlane plane)
    {
        plane = name == "control-plane" ? AuditPlane.ControlPlane : AuditPlane.DataPlane;
        return name is "control-plane" or "data-plane";
    }
}
