using EdgeCache.Origin.Blobs;
using Microsoft.Win32.SafeHandles;

namespace EdgeCache.Origin.Tests.Blobs;

/// <summary>File operations that fail when told to, and note in which order they were called.</summary>
internal sealed class FaultyFiles : BlobFiles
{
    private const int NoSpace = 28;

    /// <summary>The operation that fails, by its name; null for none.</summary>
    public string? Fails { get; set; }

    /// <summary>Whether the file system refuses further links.</summary>
    public bool NoLinks { get; set; }

    /// <summary>Called after each deletion.</summary>
    public Action? Deleted { get; set; }

    public long Free { get; set; } = long.MaxValue;

    public List<string> Calls { get; } = [];

    public override SafeFileHandle Create(string path, long? length)
    {
        Call(nameof(Create));
        return base.Create(path, length);
    }

    public override ValueTask WriteAsync(SafeFileHandle file, ReadOnlyMemory<byte> bytes, long offset, CancellationToken cancellationToken)
    {
        Call(nameof(WriteAsync));
        return base.WriteAsync(file, bytes, offset, cancellationToken);
    }

    public override void Flush(SafeFileHandle file)
    {
        Call(nameof(Flush));
        base.Flush(file);
    }

    public override void Rename(string from, string to)
    {
        Call(nameof(Rename));
        base.Rename(from, to);
    }

    public override void FlushDirectory(string path)
    {
        Call(nameof(FlushDirectory));
        base.FlushDirectory(path);
    }

    public override bool TryLink(string existing, string path)
    {
        Call(nameof(TryLink));
        return !NoLinks && base.TryLink(existing, path);
    }

    public override void Delete(string path)
    {
        Call(nameof(Delete));
        base.Delete(path);
        Deleted?.Invoke();
    }

    public override long FreeBytes(string directory) => Free;

    private void Call(string operation)
    {
        lock (Calls)
        {
            Calls.Add(operation);
        }

        if (Fails == operation)
        {
            throw new IOException("No space left on device", NoSpace);
        }
    }
}
