using System.Text.Json;
using System.Text.Json.Serialization;

namespace EdgeCache.Standalone;

/// <summary>
/// The contents of <c>&lt;data&gt;/bootstrap.json</c> (mode 0600): where everything answers, and the first credentials. Written on every
/// start; the credentials are made on the first one and kept from then on.
/// </summary>
internal sealed record BootstrapDocument(
    string AcceleratedEndpoint,
    IReadOnlyList<RegionEndpoint> Regions,
    string ControlPlaneEndpoint,
    string EdgeAdminEndpoint,
    IReadOnlyList<string> MetricsEndpoints,
    string AccessKeyId,
    string SecretKey,
    string ApiToken,
    string OperatorToken)
{
    public const string FileName = "bootstrap.json";

    public void Save(string dataDirectory) =>
        PrivateFile.Write(Path.Combine(dataDirectory, FileName), JsonSerializer.Serialize(this, BootstrapJson.Default.BootstrapDocument) + "\n");
}

/// <summary>Where a region's origin answers S3.</summary>
internal sealed record RegionEndpoint(string Name, string Endpoint);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(BootstrapDocument))]
internal sealed partial class BootstrapJson : JsonSerializerContext;
