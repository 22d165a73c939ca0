using System.Diagnostics;

namespace EdgeCache.Load.Servers;

/// <summary>A server that this program started. Disposing stops it: SIGTERM, and SIGKILL to its whole tree when it does not end in time.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(10);

    private readonly Process _process;
    private readonly string _log;

    private ServerProcess(Process process, string log)
    {
        _process = process;
        _log = log;
    }

    /// <summary>The CPU time so far of the server and its children.</summary>
    public TimeSpan CpuTime => ProcessTree.CpuTime(_process.Id);

    /// <summary>Starts <paramref name="file"/>; what it prints goes to <paramref name="log"/>.</summary>
    public static ServerProcess Start(string file, IEnumerable<string> arguments, string log, string? workingDirectory = null)
    {
        // The shell only redirects and is replaced by the server, so that its process id is the server's.
        var start = new ProcessStartInfo("/bin/sh") { UseShellExecute = false, WorkingDirectory = workingDirectory ?? "" };
        foreach (var argument in (string[])["-c", "log=$1; shift; exec \"$@\" >\"$log\" 2>&1 </dev/null", "sh", log, file, .. arguments])
        {
            start.ArgumentList.Add(argument);
        }

        return new ServerProcess(Process.Start(start) ?? throw new ServerException($"{file} did not start"), log);
    }

    /// <summary>
    /// Asks <paramref name="ready"/> until it says yes. Throws <see cref="ServerException"/> with the end of the server's log when the server
    /// ends before that, or when the time is over.
    /// </summary>
    public async Task WaitUntilAsync(Func<CancellationToken, Task<bool>> ready, TimeSpan timeout, CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        while (!await ready(cancellation))
        {
            if (_process.HasExited || watch.Elapsed > timeout)
            {
                var how = _process.HasExited ? $"ended with code {_process.ExitCode}" : $"was not ready within {timeout.TotalSeconds:F0} s";
                throw new ServerException($"the server {how}; the end of its log {_log}:\n{LogTail()}");
            }

            await Task.Delay(PollInterval, cancellation);
        }
    }

    public int Id => _process.Id;

    /// <summary>Ends it by SIGKILL, with its whole tree.</summary>
    public Task KillAsync()
    {
        _process.Kill(entireProcessTree: true);
        return _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _ = Libc.Kill(_process.Id, Libc.SignalTerminate);
            using var timeout = new CancellationTokenSource(StopTimeout);
            try
            {
                await _process.WaitForExitAsync(timeout.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill(entireProcessTree: true);
            }
        }

        _process.Dispose();
    }

    private string LogTail()
    {
        const int lines = 15;
        return File.Exists(_log) ? string.Join('\n', File.ReadLines(_log).TakeLast(lines)) : "";
    }
}

/// <summary>A server under test could not be started or prepared.</summary>
internal sealed class ServerException(string message) : Exception(message);
