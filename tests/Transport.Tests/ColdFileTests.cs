using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace EdgeCache.Transport.Tests;

/// <summary>Files that are not in the page cache.</summary>
public sealed partial class ColdFileTests
{
    private const int DontNeed = 4; // POSIX_FADV_DONTNEED

    [Fact]
    public async Task A_file_that_is_not_in_memory_is_read_on_a_thread_for_it()
    {
        using var file = new TestFile(9 << 20, seed: 1);
        await using var server = await TestServer.StartAsync(file.ServeAsync);
        using var http = new HttpClient();
        Drop(file);
        Assert.SkipWhen(PageCache.Has(file.Handle, 0, file.Bytes.Length), "this file system has no page cache to be emptied");

        var bytes = await http.GetByteArrayAsync(server.Url("/"), TestContext.Current.CancellationToken);

        Assert.Equal(file.Bytes, bytes);
        Assert.InRange(server.Transport!.ColdReads, 1, file.Bytes.Length / SocketOutput.Turn + 1);
    }

    [Fact]
    public async Task A_file_that_is_in_memory_is_not_read()
    {
        using var file = new TestFile(9 << 20, seed: 2);
        await using var server = await TestServer.StartAsync(file.ServeAsync);
        using var http = new HttpClient();

        await http.GetByteArrayAsync(server.Url("/"), TestContext.Current.CancellationToken);

        Assert.Equal(0, server.Transport!.ColdReads);
    }

    [Fact]
    public void What_is_in_memory_is_told_by_the_page()
    {
        using var file = new TestFile(1 << 20, seed: 3);
        Assert.True(PageCache.Has(file.Handle, 1, file.Bytes.Length - 2));
        Drop(file);
        Assert.SkipWhen(PageCache.Has(file.Handle, 0, file.Bytes.Length), "this file system has no page cache to be emptied");

        Assert.False(PageCache.Has(file.Handle, 500_000, 1));
    }

    private static void Drop(TestFile file)
    {
        using (var writable = File.OpenHandle(file.Path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            RandomAccess.FlushToDisk(writable);
        }

        Advise(file.Handle, 0, 0, DontNeed);
    }

    [LibraryImport("libc", EntryPoint = "posix_fadvise")]
    private static partial int Advise(SafeFileHandle file, long offset, long length, int advice);
}
