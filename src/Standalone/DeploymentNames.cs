using System.Globalization;

namespace EdgeCache.Standalone;

/// <summary>The names of the tiers that a standalone deployment has.</summary>
internal static class DeploymentNames
{
    public const string OrganizationId = "main";

    public const string Domain = "localhost";

    /// <summary>The regions; the first one's origin hosts the control plane and takes buckets created without a location.</summary>
    public static IReadOnlyList<string> Regions { get; } = ["ORD1", "LAS1"];

    public static string Edge(int index) => index == 0 ? "LGA1" : string.Create(CultureInfo.InvariantCulture, $"LGA1-{index + 1}");
}
