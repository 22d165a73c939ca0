namespace EdgeCache.Testing;

/// <summary>A directory of its own under the system's temporary directory, deleted with all its contents on dispose.</summary>
public sealed class TempDirectory : IDisposable
{
    /// <summary>Creates the directory.</summary>
    public TempDirectory() => Path = Directory.CreateTempSubdirectory("edgecache-test-").FullName;

    /// <summary>The absolute path, without a trailing separator.</summary>
    public string Path { get; }

    /// <summary>The absolute path of <paramref name="relative"/> inside the directory; creates nothing.</summary>
    public string Combine(params ReadOnlySpan<string> relative) => System.IO.Path.Combine([Path, .. relative]);

    /// <summary>Creates and returns a directory inside this one.</summary>
    public string CreateDirectory(string relative) => Directory.CreateDirectory(Combine(relative)).FullName;

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // The test removed it itself, which is one way to test a missing directory.
        }
    }
}
