using System.Net;
using System.Text.Json;

namespace EdgeCache.Load.Servers;

/// <summary>An origin or an edge in a process of its own, on ports that the system chose.</summary>
internal sealed class ProductProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);

    private readonly ServerProcess _process;

    private ProductProcess(ServerProcess process, Uri s3, Uri admin, Uri? s3Tls)
    {
        _process = process;
        S3Tls = s3Tls;
        S3 = s3;
        Admin = admin;
    }

    public Uri S3 { get; }

    public Uri Admin { get; }

    /// <summary>The S3 listener for TLS; null when there is none.</summary>
    public Uri? S3Tls { get; }

    public IPEndPoint EndPoint => new(IPAddress.Parse(S3.Host), S3.Port);

    public TimeSpan CpuTime => _process.CpuTime;

    /// <summary>The bytes of memory that it has now.</summary>
    public long Memory => ProcessTree.Memory(Id, "VmRSS");

    /// <summary>The most that it ever had.</summary>
    public long PeakMemory => ProcessTree.Memory(Id, "VmHWM");

    /// <summary>Starts a program of the product; it is ready when it has written where it listens and its /readyz says so.</summary>
    public static async Task<ProductProcess> StartAsync(
        string program, string dataDirectory, IEnumerable<string> arguments, HttpClient http, CancellationToken cancellation)
    {
        Directory.CreateDirectory(dataDirectory);
        var host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        var process = ServerProcess.Start(
            host, [program, .. arguments], Path.Combine(dataDirectory, "output.log"), Path.GetDirectoryName(program));
        try
        {
            var file = Path.Combine(dataDirectory, "endpoints.json");
            await process.WaitUntilAsync(_ => Task.FromResult(File.Exists(file)), StartTimeout, cancellation);
            using var endpoints = JsonDocument.Parse(await File.ReadAllBytesAsync(file, cancellation));
            var s3 = new Uri(endpoints.RootElement.GetProperty("s3").GetString()!);
            var admin = new Uri(endpoints.RootElement.GetProperty("admin").GetString()!);
            await process.WaitUntilAsync(token => IsReadyAsync(http, admin, token), StartTimeout, cancellation);
            var s3Tls = endpoints.RootElement.TryGetProperty("s3Tls", out var tls) ? new Uri(tls.GetString()!) : null;
            return new ProductProcess(process, s3, admin, s3Tls);
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    public int Id => _process.Id;

    /// <summary>Ends it by SIGKILL.</summary>
    public Task KillAsync() => _process.KillAsync();

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private static async Task<bool> IsReadyAsync(HttpClient http, Uri admin, CancellationToken cancellation)
    {
        try
        {
            using var response = await http.GetAsync(new Uri(admin, "/readyz"), cancellation);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
