using System.Text.Json;
using System.Text.Json.Serialization;

namespace EdgeCache.Shared.Processes;

/// <summary>
/// <c>endpoints.json</c> in the data directory: the bound URLs, for whoever started the program with port 0.
/// It exists exactly while the program is ready.
/// </summary>
public sealed partial class EndpointsFile
{
    private const string FileName = "endpoints.json";

    private readonly string _path;

    /// <summary>Removes what an earlier process may have left.</summary>
    public EndpointsFile(DataDirectory directory)
    {
        _path = directory.Combine(FileName);
        Remove();
    }

    /// <summary>Writes the file in one step.</summary>
    /// <exception cref="IOException">The directory can't be written.</exception>
    public async Task WriteAsync(Uri s3, Uri admin, Uri? controlPlane, Uri? peer, Uri? s3Tls, CancellationToken cancellationToken)
    {
        var temporary = _path + ".tmp";
        var endpoints = new Endpoints(Text(s3), Text(admin), TextOrNull(controlPlane), TextOrNull(peer), TextOrNull(s3Tls));
        await File.WriteAllTextAsync(temporary, JsonSerializer.Serialize(endpoints, EndpointsJson.Default.Endpoints), cancellationToken);
        File.Move(temporary, _path, overwrite: true);
    }

    /// <summary>Removes the file: the program is no longer ready.</summary>
    public void Remove() => File.Delete(_path);

    private static string Text(Uri uri) => uri.GetLeftPart(UriPartial.Authority);

    private static string? TextOrNull(Uri? uri) => uri is null ? null : Text(uri);

    internal sealed record Endpoints(string S3, string Admin, string? ControlPlane, string? Peer, string? S3Tls);

    [JsonSerializable(typeof(Endpoints))]
    [JsonSourceGenerationOptions(
        PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, WriteIndented = true)]
    private sealed partial class EndpointsJson : JsonSerializerContext;
}
