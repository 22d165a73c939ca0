using System.Text.Json;
using System.Text.Json.Serialization;
using EdgeCache.Shared.Processes;

namespace EdgeCache.Origin.Encryption;

/// <summary>
/// The ring on disk: <c>keyring.json</c> in the data directory, readable by its owner alone, replaced as a whole. Without it, what was encrypted with its keys can't
/// be read: it belongs in every backup of the data, and for a backup that leaves the house beside it rather than in it.
/// </summary>
internal static class KeyRingFile
{
    /// <summary>The file's name.</summary>
    public const string Name = "keyring.json";

    private const int Version = 1;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>The keys, oldest first; none when there is no file.</summary>
    /// <exception cref="StartupException">The file can't be read or understood, or others may read it.</exception>
    public static IReadOnlyList<RingKey> Read(string directory)
    {
        var path = Path.Combine(directory, Name);
        try
        {
            if (!File.Exists(path))
            {
                return [];
            }

            if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & ~OwnerOnly) != 0)
            {
                throw new StartupException($"the key ring {path} can be read or changed by others than its owner: its mode must be 0600");
            }

            var document = JsonSerializer.Deserialize(File.ReadAllBytes(path), KeyRingJson.Default.KeyRingDocument);
            var keys = document?.Version == Version ? document.Keys : null;
            return keys is { Count: > 0 } && keys.All(static k => k is { Id.Length: RingKey.IdSize, Secret.Length: ChunkCipher.KeySize })
                ? [.. keys.OrderBy(static k => k.Created)]
                : throw new StartupException($"the key ring {path} has no keys that this program understands");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new StartupException($"the key ring {path} can't be read: {e.Message}", e);
        }
    }

    /// <summary>Replaces the file, durably.</summary>
    /// <exception cref="IOException">The disk is full or fails.</exception>
    /// <exception cref="UnauthorizedAccessException">The directory can't be written to.</exception>
    public static void Write(string directory, IReadOnlyList<RingKey> keys)
    {
        var path = Path.Combine(directory, Name);
        var temporary = path + ".tmp";
        File.Delete(temporary);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        using (var stream = new FileStream(temporary, options))
        {
            JsonSerializer.Serialize(stream, new KeyRingDocument(Version, keys), KeyRingJson.Default.KeyRingDocument);
            stream.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
        new Blobs.BlobFiles().FlushDirectory(directory);
    }
}

/// <summary>The file's document.</summary>
internal sealed record KeyRingDocument(int Version, IReadOnlyList<RingKey> Keys);

/// <summary>Its JSON: bytes in Base64.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true)]
[JsonSerializable(typeof(KeyRingDocument))]
internal sealed partial class KeyRingJson : JsonSerializerContext;
