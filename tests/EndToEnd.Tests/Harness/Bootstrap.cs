using System.Text.Json;

namespace EdgeCache.EndToEnd.Tests.Harness;

/// <summary>What <c>bootstrap.json</c> says, read as a user's script would.</summary>
internal sealed record Bootstrap(
    string AcceleratedEndpoint,
    IReadOnlyList<BootstrapRegion> Regions,
    string ControlPlaneEndpoint,
    IReadOnlyList<string> MetricsEndpoints,
    string AccessKeyId,
    string SecretKey,
    string ApiToken,
    string OperatorToken)
{
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);

    public string Endpoint(string region) => Regions.Single(r => r.Name == region).Endpoint;

    public static Bootstrap? TryRead(string dataDirectory)
    {
        var path = Path.Combine(dataDirectory, "bootstrap.json");
        return File.Exists(path) ? JsonSerializer.Deserialize<Bootstrap>(File.ReadAllText(path), Web) : null;
    }
}

/// <summary>One region of <see cref="Bootstrap"/>.</summary>
internal sealed record BootstrapRegion(string Name, string Endpoint);
