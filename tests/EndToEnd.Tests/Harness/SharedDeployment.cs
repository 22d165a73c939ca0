using EdgeCache.EndToEnd.Tests.Harness;
using EdgeCache.Testing;

[assembly: AssemblyFixture(typeof(SharedDeployment))]

namespace EdgeCache.EndToEnd.Tests.Harness;

/// <summary>One standalone deployment for all tests that only use it; each makes buckets of its own.</summary>
public sealed class SharedDeployment : IAsyncLifetime
{
    private readonly TempDirectory _directory = new();
    private StandaloneProcess? _process;
    private int _buckets;

    internal Bootstrap Bootstrap => _process!.Bootstrap;

    /// <summary>A bucket name that no other test has, and that is no part of another one.</summary>
    internal string NewBucketName() => $"bucket-{Environment.ProcessId}-{Interlocked.Increment(ref _buckets):0000}";

    internal ClientTool Tool(string path, string home) => new(path, Bootstrap, home);

    public async ValueTask InitializeAsync() => _process = await StandaloneProcess.StartAsync(_directory.Path, CancellationToken.None, "--cache-size", "6GiB");

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        _directory.Dispose();
    }
}
