using System.Diagnostics;
using System.Net;
using Amazon.Runtime;
using Amazon.S3;

namespace EdgeCache.Origin.Tests.ControlPlane;

/// <summary>
/// The exchange of an API token for credentials by unmodified clients, across the end of the first credentials. SDKs renew credentials five minutes
/// before their end: those here live for a few seconds more, and the server's clock is set beyond their end once they have been used. The environment variable
/// <c>EDGECACHE_NODE_MODULES</c> names the <c>node_modules</c> directory that has the npm SDK.
/// </summary>
public sealed class ContainerCredentialsTests
{
    private const string Script = """
        const { S3Client, ListBucketsCommand } = require('@aws-sdk/client-s3');
        const { fromHttp, fromContainerMetadata } = require('@aws-sdk/credential-providers');
        const credentials = process.argv[2] === 'fromHttp' ? fromHttp({ timeout: 20000, maxRetries: 3 }) : fromContainerMetadata({ timeout: 20000, maxRetries: 3 });
        const s3 = new S3Client({ endpoint: process.argv[3], region: 'ORD1', forcePathStyle: true, maxAttempts: 1, credentials });
        s3.middlewareStack.add(next => async args => {
          const authorization = args.request.headers.authorization;
          const result = await next(args);
          console.log(/Credential=([^/]*)/.exec(authorization)[1]);
          return result;
        }, { step: 'finalizeRequest', priority: 'low', name: 'tellKey' });
        require('readline').createInterface({ input: process.stdin })
          .on('line', () => s3.send(new ListBucketsCommand({})).catch(e => console.log('failed: ' + e)))
          .on('close', () => process.exit(0));
        """;

    [Theory]
    [InlineData("fromHttp")]
    [InlineData("fromContainerMetadata")]
    public async Task The_npm_SDK_renews_credentials_by_itself(string provider)
    {
        var modules = Environment.GetEnvironmentVariable("EDGECACHE_NODE_MODULES");
        Assert.SkipUnless(Directory.Exists(Path.Combine(modules ?? string.Empty, "@aws-sdk", "credential-providers")),
            "EDGECACHE_NODE_MODULES does not name a node_modules directory with @aws-sdk/client-s3 and @aws-sdk/credential-providers");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(2));
        var time = new OffsetTimeProvider();
        await using var origin = await TestOrigin.StartAsync(ShortLived, time);
        using var directory = new EdgeCache.Testing.TempDirectory();
        var script = directory.Combine("script.cjs");
        await File.WriteAllTextAsync(script, Script, TestContext.Current.CancellationToken);
        var start = new ProcessStartInfo("node") { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.ArgumentList.Add(script);
        start.ArgumentList.Add(provider);
        start.ArgumentList.Add(origin.Server.S3Endpoint.GetLeftPart(UriPartial.Authority));
        start.Environment["NODE_PATH"] = modules;
        start.Environment["NO_PROXY"] = "*";
        foreach (var (name, value) in Variables(origin))
        {
            start.Environment[name] = value;
        }

        using var node = Process.Start(start)!;
        try
        {
            var first = await ListAsync();
            Assert.StartsWith("CW", first, StringComparison.Ordinal);
            time.Advance(Beyond);

            var second = await ListAsync();
            while (!second.StartsWith("CW", StringComparison.Ordinal))
            {
                // Until the SDK's own clock says that it is time.
                Assert.Contains("InvalidAccessKeyId", second, StringComparison.Ordinal);
                await Task.Delay(TimeSpan.FromMilliseconds(100), limit.Token);
                second = await ListAsync();
            }

            Assert.NotEqual(first, second);
            Assert.Equal(("EXPIRED", "ACTIVE"), (await StatusAsync(origin, first), await StatusAsync(origin, second)));
        }
        finally
        {
            node.Kill();
        }

        async Task<string> ListAsync()
        {
            await node.StandardInput.WriteLineAsync("list".AsMemory(), TestContext.Current.CancellationToken);
            await node.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
            return await node.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) ?? "gone";
        }
    }

    [Fact]
    public async Task The_NET_SDK_renews_credentials_by_itself()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(2));
        var time = new OffsetTimeProvider();
        await using var origin = await TestOrigin.StartAsync(ShortLived, time);
        foreach (var (name, value) in Variables(origin))
        {
            Environment.SetEnvironmentVariable(name, value);
        }

        try
        {
            var credentials = new GenericContainerCredentials();
            using var s3 = new AmazonS3Client(credentials, new AmazonS3Config
            {
                ServiceURL = origin.Server.S3Endpoint.ToString(), ForcePathStyle = true, AuthenticationRegion = "ORD1", MaxErrorRetry = 0,
            });
            await s3.ListBucketsAsync(TestContext.Current.CancellationToken);
            var first = (await credentials.GetCredentialsAsync()).AccessKey;
            time.Advance(Beyond);
            while ((await credentials.GetCredentialsAsync()).AccessKey == first)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), limit.Token);
            }

            await s3.ListBucketsAsync(TestContext.Current.CancellationToken);

            var second = (await credentials.GetCredentialsAsync()).AccessKey;
            Assert.Equal(("EXPIRED", "ACTIVE"), (await StatusAsync(origin, first), await StatusAsync(origin, second)));
        }
        finally
        {
            foreach (var (name, _) in Variables(origin))
            {
                Environment.SetEnvironmentVariable(name, null);
            }
        }
    }

    [Fact]
    public async Task The_NET_SDK_keeps_credentials_that_have_long_to_live()
    {
        await using var origin = await TestOrigin.StartAsync();
        var variables = Variables(origin);
        foreach (var (name, value) in variables)
        {
            Environment.SetEnvironmentVariable(name, value);
        }

        try
        {
            var credentials = new GenericContainerCredentials();
            var first = (await credentials.GetCredentialsAsync()).AccessKey;
            Assert.Equal(first, (await credentials.GetCredentialsAsync()).AccessKey);
        }
        finally
        {
            foreach (var (name, _) in variables)
            {
                Environment.SetEnvironmentVariable(name, null);
            }
        }
    }

    private static Dictionary<string, string?> ShortLived => new() { ["Origin:ContainerCredentialsLifetime"] = "00:05:10" };

    private static TimeSpan Beyond => TimeSpan.FromSeconds(311);

    private static Dictionary<string, string> Variables(TestOrigin origin) => new()
    {
        ["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = new Uri(origin.Server.ControlPlaneEndpoint!, "/v1/cwobject/temporary-credentials/api-token").ToString(),
        ["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = "Bearer " + TestOrigin.ApiToken,
    };

    private static async Task<string?> StatusAsync(TestOrigin origin, string accessKeyId) =>
        (await new ApiClient(origin).GetAsync("/v1/cwobject/access-key/" + accessKeyId)).ShouldBe(HttpStatusCode.OK).Json
            .GetProperty("info").GetProperty("status").GetString();
}
