using System.Globalization;

namespace EdgeCache.Standalone;

/// <summary>
/// Which port each listener gets, counted from the base: 0 first edge, 1 ORD1, 2 LAS1, 3 control plane, 4 and up the further edges;
/// each program's admin listener is <see cref="AdminOffset"/> above its S3 port.
/// </summary>
internal sealed class PortLayout(int portBase)
{
    public const int AdminOffset = 50;

    /// <summary>The distance from the base to the last port that any layout uses.</summary>
    public const int Span = AdminOffset + 3 + StandaloneOptions.MaxEdges;

    private const int FirstFurtherEdge = 4;

    public string Edge(int index) => Url(EdgeOffset(index));

    public string EdgeAdmin(int index) => Url(EdgeOffset(index) + AdminOffset);

    public string Origin(int index) => Url(1 + index);

    public string OriginAdmin(int index) => Url(1 + index + AdminOffset);

    public string ControlPlane => Url(3);

    /// <summary>Every fixed port in use by a deployment, with what it is for; none when the kernel chooses.</summary>
    public IEnumerable<(int Port, string Purpose)> FixedPorts(int edges)
    {
        if (portBase == 0)
        {
            yield break;
        }

        for (var i = 0; i < edges; i++)
        {
            yield return (portBase + EdgeOffset(i), $"edge {DeploymentNames.Edge(i)}");
            yield return (portBase + EdgeOffset(i) + AdminOffset, $"admin listener of edge {DeploymentNames.Edge(i)}");
        }

        for (var i = 0; i < DeploymentNames.Regions.Count; i++)
        {
            yield return (portBase + 1 + i, $"origin {DeploymentNames.Regions[i]}");
            yield return (portBase + 1 + i + AdminOffset, $"admin listener of origin {DeploymentNames.Regions[i]}");
        }

        yield return (portBase + 3, "control plane");
    }

    private static int EdgeOffset(int index) => index == 0 ? 0 : FirstFurtherEdge + index - 1;

    private string Url(int offset) =>
        string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{(portBase == 0 ? 0 : portBase + offset)}");
}
