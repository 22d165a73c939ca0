using System.Text.Json;
using EdgeCache.EndToEnd.Tests.Harness;

namespace EdgeCache.EndToEnd.Tests.Clients;

/// <summary>One installed aws-cli, through the edge of a deployment.</summary>
internal sealed class AwsCli
{
    private readonly ClientTool _tool;
    private readonly string _endpoint;

    private AwsCli(ClientTool tool, string endpoint) => (_tool, _endpoint) = (tool, endpoint);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Skips the test when <paramref name="path"/> is empty, as <see cref="AwsCliTests.Installed"/> has it for none.</summary>
    public static AwsCli Create(string path, Bootstrap bootstrap, string home)
    {
        Assert.SkipUnless(path.Length > 0, "aws-cli is not installed");

        // aws-cli 1 makes SigV2 links for us-east-1 unless told otherwise; aws-cli 2 knows SigV4 only.
        var config = Path.Combine(home, "aws-config");
        File.WriteAllText(config, "[default]\ns3 =\n  signature_version = s3v4\n");
        return new(new ClientTool(path, bootstrap, home).With("AWS_CONFIG_FILE", config), bootstrap.AcceleratedEndpoint);
    }

    public Task<string> S3Async(params string[] arguments) => _tool.RunAsync(Cancellation, ["--endpoint-url", _endpoint, "s3", .. arguments]);

    /// <summary>Runs <c>aws s3api</c> and gives what it printed; undefined when it printed nothing.</summary>
    public async Task<JsonElement> ApiAsync(params string[] arguments)
    {
        var output = await _tool.RunAsync(Cancellation, ApiArguments(arguments));
        return string.IsNullOrWhiteSpace(output) ? default : JsonDocument.Parse(output).RootElement.Clone();
    }

    /// <summary>Runs <c>aws s3api</c>, which must fail and say <paramref name="error"/>.</summary>
    public async Task RefusedAsync(string error, params string[] arguments)
    {
        var (exitCode, _, said) = await _tool.TryRunAsync(Cancellation, ApiArguments(arguments));
        Assert.NotEqual(0, exitCode);
        Assert.Contains(error, said, StringComparison.Ordinal);
    }

    /// <summary>Whether this version has the command of <c>aws s3api</c>.</summary>
    public async Task<bool> HasAsync(string command)
    {
        var (_, _, said) = await _tool.TryRunAsync(Cancellation, ApiArguments(command));
        return !said.Contains("Invalid choice", StringComparison.OrdinalIgnoreCase);
    }

    private string[] ApiArguments(params string[] arguments) => ["--endpoint-url", _endpoint, "--output", "json", "s3api", .. arguments];
}
