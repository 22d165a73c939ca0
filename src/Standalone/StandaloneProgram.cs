using System.Runtime.InteropServices;

namespace EdgeCache.Standalone;

/// <summary>The life of the program: check, start, say so, wait for a signal, stop.</summary>
internal static class StandaloneProgram
{
    public static async Task<int> RunAsync(StandaloneOptions options)
    {
        if (Preflight.CheckDirectory(options.DataDirectory) is { } directoryProblem)
        {
            return await FailAsync(directoryProblem);
        }

        if (Preflight.CheckPorts(options) is { } portProblem)
        {
            return await FailAsync(portProblem);
        }

        using var stop = new CancellationTokenSource();
        void OnSignal(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.Cancel();
        }

        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
        try
        {
            var secrets = DeploymentSecrets.LoadOrCreate(options.DataDirectory);
            await using var deployment = await Deployment.StartAsync(options, secrets, stop.Token);
            var bootstrap = deployment.Describe(secrets);
            bootstrap.Save(options.DataDirectory);
            await Console.Out.WriteLineAsync(Banner.Format(bootstrap, options.DataDirectory));
            await WaitAsync(stop.Token);
            await Console.Out.WriteLineAsync("Stopping.");
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // A signal during start-up: what had been started is stopped by now.
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return await FailAsync(e.Message.ReplaceLineEndings(" "));
        }

        return ExitCodes.Success;
    }

    private static async Task WaitAsync(CancellationToken stop)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = stop.Register(stopped.SetResult);
        await stopped.Task;
    }

    private static async Task<int> FailAsync(string problem)
    {
        await Console.Error.WriteLineAsync($"edgecache: {problem}");
        return ExitCodes.BadUsage;
    }
}
