namespace EdgeCache.Shared.Processes;

/// <summary>A program's data directory, held by an advisory lock (flock) so that a second process can't use it at the same time.</summary>
public sealed class DataDirectory : IDisposable
{
    private const string LockFileName = "lock";

    private readonly FileStream _lock;

    private DataDirectory(string path, FileStream held) => (Path, _lock) = (path, held);

    /// <summary>Its absolute path.</summary>
    public string Path { get; }

    /// <summary>Makes the directory if need be, and locks it.</summary>
    /// <exception cref="StartupException">It can't be written, or another process holds it.</exception>
    public static DataDirectory Open(string path)
    {
        var full = System.IO.Path.GetFullPath(path);
        try
        {
            Directory.CreateDirectory(full);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"cannot create the data directory '{full}': {e.Message}", e);
        }

        try
        {
            return new DataDirectory(full, new FileStream(
                System.IO.Path.Combine(full, LockFileName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (UnauthorizedAccessException e)
        {
            throw new StartupException($"cannot write to the data directory '{full}': {e.Message}", e);
        }
        catch (IOException e)
        {
            throw new StartupException($"the data directory '{full}' is in use by another process or not writable: {e.Message}", e);
        }
    }

    /// <summary>The path of something in it.</summary>
    public string Combine(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Lets another process have it.</summary>
    public void Dispose() => _lock.Dispose();
}
