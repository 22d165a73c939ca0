using System.Diagnostics.Metrics;
using System.Text;
using EdgeCache.Edge.Pipeline.AccessLogging;
using EdgeCache.Shared.Processes;
using EdgeCache.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeCache.Edge.Tests.Pipeline.AccessLogging;

public sealed class AccessLogTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TempDirectory _directory = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();

    private string File => Path.Combine(_directory.Path, "access.log");

    public void Dispose()
    {
        _services.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task Lines_are_in_the_file_in_their_order_once_the_log_has_ended()
    {
        var lines = Enumerable.Range(0, 3000).Select(static i => $"line {i}\n").ToArray();
        await using (var log = Open())
        {
            foreach (var line in lines)
            {
                log.Append(Encoding.ASCII.GetBytes(line));
            }
        }

        Assert.Equal(string.Concat(lines), await ReadAsync(File));
    }

    [Fact]
    public async Task The_next_process_appends()
    {
        await using (var log = Open())
        {
            log.Append("one\n"u8);
        }

        await using (var log = Open())
        {
            log.Append("two\n"u8);
        }

        Assert.Equal("one\ntwo\n", await ReadAsync(File));
    }

    [Fact]
    public async Task What_does_not_fit_is_left_out_and_counted()
    {
        await using (var log = Open())
        {
            log.Append(new byte[(32 << 10) + 1]);
            log.Append("fits\n"u8);
            Assert.Equal(1, log.Dropped);
        }

        Assert.Equal("fits\n", await ReadAsync(File));
    }

    [Fact]
    public async Task A_file_that_was_moved_away_is_left_alone_after_a_reopening()
    {
        await using (var log = Open())
        {
            log.Append("before\n"u8);
            await WrittenAsync(log, 1);
            System.IO.File.Move(File, File + ".moved");
            log.Reopen();
            log.Append("after\n"u8);
        }

        Assert.Equal("before\n", await ReadAsync(File + ".moved"));
        Assert.Equal("after\n", await ReadAsync(File));
    }

    [Fact]
    public async Task Lines_that_cannot_be_written_are_counted_and_later_ones_are_written_again()
    {
        await using (var log = Open())
        {
            log.Append("one\n"u8);
            await WrittenAsync(log, 1);
            System.IO.File.Delete(File);
            System.IO.Directory.CreateDirectory(File);
            log.Reopen();
            log.Append("two\n"u8);
            await UntilAsync(() => log.Failed == 1);
            System.IO.Directory.Delete(File);
            log.Append("three\n"u8);
        }

        Assert.Equal("three\n", await ReadAsync(File));
    }

    [Fact]
    public void A_path_that_cannot_be_written_to_ends_the_start()
    {
        var error = Assert.Throws<StartupException>(() => Open(Path.Combine(_directory.Path, "absent", "access.log")));
        Assert.Contains("access log", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(3, 2)]
    [InlineData(10, 4)]
    public async Task Full_files_are_kept_up_to_their_number(int maxFiles, int kept)
    {
        using (var file = new AccessLogFile(File, 10, maxFiles))
        {
            foreach (var i in Enumerable.Range(0, 5))
            {
                file.Append(Encoding.ASCII.GetBytes($"line-{i}\n"));
            }
        }

        Assert.Equal("line-4\n", await ReadAsync(File));
        for (var older = 1; older <= kept; older++)
        {
            Assert.Equal($"line-{4 - older}\n", await ReadAsync($"{File}.{older}"));
        }

        Assert.Equal(kept + 1, System.IO.Directory.GetFiles(_directory.Path).Length);
    }

    [Theory]
    [InlineData("1KiB", 8, "4MiB", "AccessLog:MaxFileSize")]
    [InlineData("64MiB", 0, "4MiB", "AccessLog:MaxFiles")]
    [InlineData("64MiB", 8, "1KiB", "AccessLog:MaxPending")]
    [InlineData("0", 1, "64KiB", null)]
    public void Settings_out_of_range_are_told(string size, int files, string pending, string? problem)
    {
        var problems = new AccessLogOptions { MaxFileSize = size, MaxFiles = files, MaxPending = pending }.Problems().ToArray();
        Assert.Equal(problem is null ? 0 : 1, problems.Length);
        Assert.All(problems, text => Assert.StartsWith(problem!, text, StringComparison.Ordinal));
    }

    private AccessLog Open(string? path = null) => AccessLog.Open(
        new AccessLogOptions { Path = path ?? File, MaxPending = "64KiB" }, _services.GetRequiredService<IMeterFactory>(), NullLoggerFactory.Instance)!;

    private static Task WrittenAsync(AccessLog log, long lines) => UntilAsync(() => log.Written == lines);

    private static async Task UntilAsync(Func<bool> condition)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < Patience, "waited in vain");
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }

    private static Task<string> ReadAsync(string path) => System.IO.File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
}
