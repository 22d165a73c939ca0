using EdgeCache.EndToEnd.Tests.Harness;
using EdgeCache.Testing;

namespace EdgeCache.EndToEnd.Tests.Clients;

/// <summary>aws-cli with nothing but an API token, which it exchanges for credentials itself, through the accelerated endpoint.</summary>
public sealed class TokenExchangeTests(SharedDeployment deployment)
{
    [Theory]
    [MemberData(nameof(AwsCliTests.Installed), MemberType = typeof(AwsCliTests))]
    public async Task The_CLI_needs_an_API_token_alone(string path)
    {
        Assert.SkipUnless(path.Length > 0, "aws-cli is not installed");
        using var directory = new TempDirectory();
        var aws = Cli(path, directory.Path, "Bearer " + deployment.Bootstrap.ApiToken);
        var bucket = deployment.NewBucketName();
        var file = Files.Write(directory.Path, "file.bin", 100_000, seed: 1);

        await RunAsync(aws, "mb", $"s3://{bucket}");
        await RunAsync(aws, "cp", file, $"s3://{bucket}/file.bin");
        await RunAsync(aws, "cp", $"s3://{bucket}/file.bin", Path.Combine(directory.Path, "down.bin"));
        await Files.AssertEqualAsync(file, Path.Combine(directory.Path, "down.bin"), TestContext.Current.CancellationToken);
        await RunAsync(aws, "rb", "--force", $"s3://{bucket}");

        var (exitCode, _, _) = await Cli(path, directory.Path, "Bearer wrong")
            .TryRunAsync(TestContext.Current.CancellationToken, "--endpoint-url", deployment.Bootstrap.AcceleratedEndpoint, "s3", "ls");
        Assert.NotEqual(0, exitCode);
    }

    private ClientTool Cli(string path, string home, string authorization) => deployment.Tool(path, home)
        .Without("AWS_ACCESS_KEY_ID")
        .Without("AWS_SECRET_ACCESS_KEY")
        .With("AWS_CONTAINER_CREDENTIALS_FULL_URI", deployment.Bootstrap.ControlPlaneEndpoint + "/v1/cwobject/temporary-credentials/api-token")
        .With("AWS_CONTAINER_AUTHORIZATION_TOKEN", authorization);

    private Task<string> RunAsync(ClientTool aws, params string[] arguments) =>
        aws.RunAsync(TestContext.Current.CancellationToken, ["--endpoint-url", deployment.Bootstrap.AcceleratedEndpoint, "s3", .. arguments]);
}
