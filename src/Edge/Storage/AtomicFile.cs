namespace EdgeCache.Edge.Storage;

/// <summary>A small file that is replaced as a whole: a crash leaves the old or the new one.</summary>
internal static class AtomicFile
{
    /// <summary>The file's bytes; null when there is none, or it cannot be read.</summary>
    public static byte[]? TryRead(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Writes a temporary file, syncs it and renames it; false when the disk refuses.</summary>
    public static bool TryWrite(string path, ReadOnlySpan<byte> bytes)
    {
        var temporary = path + ".new";
        try
        {
            using (var file = File.OpenHandle(temporary, FileMode.Create, FileAccess.Write))
            {
                RandomAccess.Write(file, bytes, 0);
                RandomAccess.FlushToDisk(file);
            }

            File.Move(temporary, path, overwrite: true);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
