using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace EdgeCache.EndToEnd.Tests.Harness;

/// <summary>A server under test as a process of its own. Disposing kills it, so that no test leaves one behind.</summary>
internal sealed partial class SpawnedProcess : IAsyncDisposable
{
    /// <summary>How many lines of output are kept for a failure's message.</summary>
    private const int MaxLines = 200;

    private readonly ConcurrentQueue<string> _output = new();

    private SpawnedProcess(Process process) => Process = process;

    public Process Process { get; }

    /// <summary>The last lines that it wrote, standard output and error together.</summary>
    public string Output => string.Join('\n', _output);

    /// <summary>Gets each further line as it is written, from several threads; null when nobody listens.</summary>
    public Action<string>? OnLine { get; set; }

    /// <summary>Starts <c>dotnet ASSEMBLY ARGUMENTS</c>.</summary>
    public static SpawnedProcess StartAssembly(string assembly, IEnumerable<string> arguments) =>
        StartDotnet(Path.GetDirectoryName(assembly)!, [assembly, .. arguments]);

    /// <summary>Starts <c>dotnet ARGUMENTS</c> in a directory.</summary>
    public static SpawnedProcess StartDotnet(string workingDirectory, IEnumerable<string> arguments) => Start("dotnet", workingDirectory, arguments);

    /// <summary>Starts an assembly that may have at most so many open files, as <c>ulimit -n</c> would have it.</summary>
    public static SpawnedProcess StartLimited(string assembly, int handles, IEnumerable<string> arguments) =>
        Start("prlimit", Path.GetDirectoryName(assembly)!, [$"--nofile={handles}:{handles}", "dotnet", assembly, .. arguments]);

    private static SpawnedProcess Start(string program, string workingDirectory, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = workingDirectory };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        var spawned = new SpawnedProcess(new Process { StartInfo = start });
        spawned.Process.OutputDataReceived += (_, e) => spawned.Keep(e.Data);
        spawned.Process.ErrorDataReceived += (_, e) => spawned.Keep(e.Data);
        spawned.Process.Start();
        spawned.Process.BeginOutputReadLine();
        spawned.Process.BeginErrorReadLine();
        return spawned;
    }

    /// <summary>Waits until <paramref name="ready"/> gives a value, the process ends, or a minute has gone.</summary>
    public async Task<T> WaitForAsync<T>(Func<T?> ready, string what, CancellationToken cancellationToken)
        where T : class
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(TimeSpan.FromMinutes(1));
        using var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (true)
        {
            if (ready() is { } value)
            {
                return value;
            }

            Assert.False(Process.HasExited, $"The process ended before {what}:\n{Output}");
            try
            {
                await poll.WaitForNextTickAsync(timeout.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                Assert.Fail($"No {what} within a minute:\n{Output}");
            }
        }
    }

    /// <summary>Sends SIGKILL to it and what it started, and waits until the kernel has reaped it.</summary>
    public async Task KillAsync()
    {
        if (!Process.HasExited)
        {
            Process.Kill(entireProcessTree: true);
        }

        await Process.WaitForExitAsync(CancellationToken.None);
    }

    /// <summary>Sends SIGTERM or SIGINT and returns the exit code.</summary>
    public async Task<int> SignalAndWaitAsync(PosixSignal signal, CancellationToken cancellationToken)
    {
        Assert.Equal(0, Kill(Process.Id, signal == PosixSignal.SIGINT ? 2 : 15));
        await Process.WaitForExitAsync(cancellationToken);
        return Process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        Process.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int processId, int signal);

    private void Keep(string? line)
    {
        if (line is null)
        {
            return;
        }

        OnLine?.Invoke(line);
        _output.Enqueue(line);
        while (_output.Count > MaxLines)
        {
            _output.TryDequeue(out _);
        }
    }
}
