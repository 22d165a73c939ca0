using System.Runtime.InteropServices;

namespace EdgeCache.EndToEnd.Tests.Harness;

/// <summary>The standalone program as a user starts it, on ports of the kernel's choosing.</summary>
internal sealed class StandaloneProcess : IAsyncDisposable
{
    private readonly SpawnedProcess _process;

    private StandaloneProcess(SpawnedProcess process, Bootstrap bootstrap) => (_process, Bootstrap) = (process, bootstrap);

    public Bootstrap Bootstrap { get; }

    public string Output => _process.Output;

    public static async Task<StandaloneProcess> StartAsync(string dataDirectory, CancellationToken cancellationToken, params string[] arguments)
    {
        var process = SpawnedProcess.StartAssembly(Assemblies.Standalone, ["--data", dataDirectory, "--port-base", "0", .. arguments]);
        try
        {
            await process.WaitForAsync(() => process.Output.Contains("EdgeCache is ready", StringComparison.Ordinal) ? "ready" : null, "banner", cancellationToken);
            return new StandaloneProcess(process, Bootstrap.TryRead(dataDirectory)!);
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    public Task KillAsync() => _process.KillAsync();

    public Task<int> StopAsync(PosixSignal signal, CancellationToken cancellationToken) => _process.SignalAndWaitAsync(signal, cancellationToken);

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
