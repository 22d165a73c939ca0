using Microsoft.Win32.SafeHandles;

namespace EdgeCache.Edge.Pipeline.AccessLogging;

/// <summary>The file of the access log, and those that were full. For one thread.</summary>
/// <param name="path">The file; <c>.1</c> and so on are appended to it for older ones.</param>
/// <param name="maxSize">At which size another file is begun, in bytes; 0 for no limit.</param>
/// <param name="maxFiles">The most files.</param>
internal sealed class AccessLogFile(string path, long maxSize, int maxFiles) : IDisposable
{
    private SafeFileHandle? _file;
    private long _size;

    /// <summary>Opens the file, so that a wrong path is found out at the start.</summary>
    /// <exception cref="IOException">It can't be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be.</exception>
    public void Open()
    {
        _file ??= File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        _size = RandomAccess.GetLength(_file);
    }

    /// <summary>Appends whole lines.</summary>
    /// <exception cref="IOException">Some or all of them could not be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be opened.</exception>
    public void Append(ReadOnlySpan<byte> lines)
    {
        if (_file is null)
        {
            Open();
        }

        if (maxSize > 0 && _size > 0 && _size + lines.Length > maxSize)
        {
            Rotate();
        }

        RandomAccess.Write(_file!, lines, _size);
        _size += lines.Length;
    }

    /// <summary>Closes the file; the next lines go to whatever then has its name.</summary>
    public void Close()
    {
        _file?.Dispose();
        _file = null;
    }

    /// <inheritdoc/>
    public void Dispose() => Close();

    private void Rotate()
    {
        Close();
        if (maxFiles == 1)
        {
            File.Delete(path);
        }

        for (var number = maxFiles - 1; number > 0; number--)
        {
            var younger = number == 1 ? path : $"{path}.{number - 1}";
            if (File.Exists(younger))
            {
                File.Move(younger, $"{path}.{number}", overwrite: true);
            }
        }

        Open();
    }
}
