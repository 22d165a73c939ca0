using System.Text.Json;
using System.Text.Json.Serialization;

namespace EdgeCache.Edge.Hosting;

/// <summary>
/// <c>endpoints.json</c> in the data directory: the bound URLs, for whoever started the edge with port 0.
/// It exists exactly while the edge is ready.
/// </summary>
internal sealed partial class EndpointsFile
{
    private const string FileName = "endpoints.json";

    private readonly string _path;

    public EndpointsFile(DataDirectory directory)
    {
        _path = directory.Combine(FileName);
        Remove();
    }

    public async Task WriteAsync(Uri s3, Uri admin, CancellationToken cancellationToken)
    {
        var temporary = _path + ".tmp";
        var endpoints = new Endpoints(Text(s3), Text(admin));
        await File.WriteAllTextAsync(temporary, JsonSerializer.Serialize(endpoints, EndpointsJson.Default.Endpoints), cancellationToken);
        File.Move(temporary, _path, overwrite: true);
    }

    public void Remove() => File.Delete(_path);

    private static string Text(Uri uri) => uri.GetLeftPart(UriPartial.Authority);

    internal sealed record Endpoints(string S3, string Admin);

    [JsonSerializable(typeof(Endpoints))]
    [JsonSourceGenerationOptions(
        PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, WriteIndented = true)]
    private sealed partial class EndpointsJson : JsonSerializerContext;
}
