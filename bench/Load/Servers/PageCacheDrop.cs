using Microsoft.Win32.SafeHandles;

namespace EdgeCache.Load.Servers;

/// <summary>
/// Keeps files out of the page cache while it exists, as a data set beyond memory would be: it has the kernel drop their pages
/// (posix_fadvise, POSIX_FADV_DONTNEED) every <see cref="Period"/>, so that what is streamed comes from the disk. What was just read for one stream may still serve
/// another that asks within that time.
/// </summary>
internal sealed class PageCacheDrop : IAsyncDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(50);

    private readonly List<SafeFileHandle> _files;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _dropping;

    public PageCacheDrop(IEnumerable<string> files)
    {
        _files = [.. files.Select(static file => File.OpenHandle(file, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete))];
        foreach (var file in _files)
        {
            // Pages that are not yet on the disk can't be dropped.
            RandomAccess.FlushToDisk(file);
        }

        Drop();
        _dropping = Task.Run(DropAsync);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _dropping;
        _files.ForEach(static file => file.Dispose());
        _stop.Dispose();
    }

    private async Task DropAsync()
    {
        using var timer = new PeriodicTimer(Period);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                Drop();
            }
        }
        catch (OperationCanceledException)
        {
            // Disposed.
        }
    }

    private void Drop()
    {
        foreach (var file in _files)
        {
            _ = Libc.AdviseFile((int)file.DangerousGetHandle(), 0, 0, Libc.AdviceDontNeed);
        }
    }
}
