using System.Runtime.InteropServices;
using System.Text.Json;

namespace EdgeCache.EndToEnd.Tests.Harness;

/// <summary>An origin or an edge as a process, which may be killed and started again on the same directory and the same ports.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);

    private readonly string _assembly;
    private readonly string _section;
    private readonly string _directory;
    private readonly Dictionary<string, string> _settings;
    private SpawnedProcess _process;

    private ServerProcess(string assembly, string section, string directory, Dictionary<string, string> settings)
    {
        (_assembly, _section, _directory, _settings) = (assembly, section, directory, settings);
        _process = Spawn();
    }

    public Endpoints Endpoints { get; private set; } = null!;

    /// <summary>How many open files it may have from its next start on; null for what this process may have.</summary>
    public int? MaxHandles { get; set; }

    /// <summary>The least level of what it logs, from its next start on.</summary>
    public string LogLevel { get; set; } = "Warning";

    public int ProcessId => _process.Process.Id;

    public string Output => _process.Output;

    public static Task<ServerProcess> StartOriginAsync(string directory, Dictionary<string, string> settings, CancellationToken cancellationToken) =>
        StartAsync(Assemblies.Origin, "Origin", directory, settings, cancellationToken);

    public static Task<ServerProcess> StartEdgeAsync(string directory, Dictionary<string, string> settings, CancellationToken cancellationToken) =>
        StartAsync(Assemblies.Edge, "Edge", directory, settings, cancellationToken);

    /// <summary>Changes a setting, for the next start.</summary>
    public void Set(string name, string value) => _settings[name] = value;

    /// <summary>Has each further line of its output told, until it is started again.</summary>
    public void Listen(Action<string> onLine) => _process.OnLine = onLine;

    public Task KillAsync() => _process.KillAsync();

    public Task<int> StopAsync(PosixSignal signal, CancellationToken cancellationToken) => _process.SignalAndWaitAsync(signal, cancellationToken);

    public async Task RestartAsync(CancellationToken cancellationToken)
    {
        await _process.DisposeAsync();
        _process = Spawn();
        await WaitUntilReadyAsync(cancellationToken);
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private static async Task<ServerProcess> StartAsync(
        string assembly, string section, string directory, Dictionary<string, string> settings, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(directory);
        var server = new ServerProcess(assembly, section, directory, settings);
        try
        {
            await server.WaitUntilReadyAsync(cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    private string EndpointsFile => Path.Combine(_directory, "endpoints.json");

    private SpawnedProcess Spawn()
    {
        File.Delete(EndpointsFile);
        string[] arguments =
            [$"--{_section}:DataDirectory={_directory}", $"--Logging:LogLevel:Default={LogLevel}", .. _settings.Select(s => $"--{_section}:{s.Key}={s.Value}")];
        return MaxHandles is { } handles ? SpawnedProcess.StartLimited(_assembly, handles, arguments) : SpawnedProcess.StartAssembly(_assembly, arguments);
    }

    private async Task WaitUntilReadyAsync(CancellationToken cancellationToken)
    {
        Endpoints = await _process.WaitForAsync(
            () => File.Exists(EndpointsFile) ? JsonSerializer.Deserialize<Endpoints>(File.ReadAllText(EndpointsFile), Web) : null, "endpoints.json", cancellationToken);

        // A restart keeps the ports, so that the other processes find it again.
        _settings["S3Url"] = Endpoints.S3;
        _settings["AdminUrl"] = Endpoints.Admin;
        if (Endpoints.Peer is { } peer)
        {
            _settings["PeerUrl"] = peer;
        }

        if (Endpoints.ControlPlane is { } controlPlane)
        {
            _settings["ControlPlaneUrl"] = controlPlane;
        }
    }
}

/// <summary>What <c>endpoints.json</c> says.</summary>
internal sealed record Endpoints(string S3, string Admin, string? ControlPlane, string? Peer);
