using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using EdgeCache.Origin.Hosting;
using EdgeCache.Shared.Processes;
using EdgeCache.Testing;

namespace EdgeCache.Origin.Tests.Hosting;

public sealed class OriginServerTests
{
    [Fact]
    public async Task A_restart_finds_everything_again()
    {
        await using var origin = await TestOrigin.StartAsync();
        await S3TestClient.NewBucketAsync(origin.Client);
        var put = await origin.Client.PutAsync("/bucket-1/k", "kept", ("x-amz-meta-a", "1"));

        await origin.RestartAsync();
        var get = await origin.Client.GetAsync("/bucket-1/k");

        Assert.Equal(("kept", "1", put["ETag"]), (get.ShouldBe(HttpStatusCode.OK).Text, get["x-amz-meta-a"], get["ETag"]));
        Assert.Equal(["bucket-1"], (await origin.Client.GetAsync("/")).Values("Name"));
    }

    [Fact]
    public async Task The_endpoints_file_exists_while_the_server_runs()
    {
        await using var origin = await TestOrigin.StartAsync();
        var path = Path.Combine(origin.DataDirectory, "endpoints.json");

        using (var endpoints = JsonDocument.Parse(await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken)))
        {
            Assert.Equal(origin.Server.S3Endpoint, new Uri(endpoints.RootElement.GetProperty("s3").GetString()!));
            Assert.Equal(origin.Server.AdminEndpoint, new Uri(endpoints.RootElement.GetProperty("admin").GetString()!));
            Assert.Equal(origin.Server.ControlPlaneEndpoint, new Uri(endpoints.RootElement.GetProperty("controlPlane").GetString()!));
        }

        await origin.StopAsync();
        Assert.False(File.Exists(path));
    }

    [Fact]
    public async Task Health_and_metrics_are_open_on_the_admin_listener_only()
    {
        await using var origin = await TestOrigin.StartAsync();
        await origin.Client.GetAsync("/");

        foreach (var path in (string[])["/healthz", "/readyz"])
        {
            using var answer = await origin.Http.GetAsync(new Uri(origin.Server.AdminEndpoint, path), TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        var metrics = await origin.Http.GetStringAsync(new Uri(origin.Server.AdminEndpoint, "/metrics"), TestContext.Current.CancellationToken);
        Assert.Contains("edgecache_origin_requests_total{operation=\"ListBuckets\",caller=\"client\",status=\"200\"", metrics, StringComparison.Ordinal);
        (await origin.Anonymous.GetAsync("/healthz")).ShouldFail(HttpStatusCode.NotFound, "NoSuchBucket");
        using var elsewhere = await origin.Http.GetAsync(new Uri(origin.Server.ControlPlaneEndpoint!, "/metrics"), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, elsewhere.StatusCode);
    }

    [Fact]
    public async Task A_second_server_on_the_same_data_does_not_start()
    {
        await using var origin = await TestOrigin.StartAsync();

        var refusal = await Assert.ThrowsAsync<StartupException>(() => OriginServer.StartAsync(
            TestOrigin.Configuration(TestOrigin.Settings(origin.DataDirectory)), TestContext.Current.CancellationToken));

        Assert.Contains("in use", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_in_use_is_told_in_one_line()
    {
        using var directory = new TempDirectory();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var settings = TestOrigin.Settings(directory.Combine("data"));
        settings["Origin:S3Url"] = $"http://{listener.LocalEndpoint}";

        var refusal = await Assert.ThrowsAsync<StartupException>(() =>
            OriginServer.StartAsync(TestOrigin.Configuration(settings), TestContext.Current.CancellationToken));

        Assert.DoesNotContain('\n', refusal.Message);
    }

    [Fact]
    public async Task An_unusable_directory_is_told()
    {
        using var directory = new TempDirectory();
        var file = directory.Combine("file");
        await File.WriteAllTextAsync(file, string.Empty, TestContext.Current.CancellationToken);

        await Assert.ThrowsAsync<StartupException>(() => OriginServer.StartAsync(
            TestOrigin.Configuration(TestOrigin.Settings(Path.Combine(file, "data"))), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task All_bad_options_are_reported_together()
    {
        using var directory = new TempDirectory();
        var settings = TestOrigin.Settings(directory.Combine("data"));
        settings["Origin:ClusterSecret"] = "short";
        settings["Origin:Region"] = "lower";
        settings["Origin:AdminUrl"] = "ftp://here";

        var refusal = await Assert.ThrowsAsync<StartupException>(() =>
            OriginServer.StartAsync(TestOrigin.Configuration(settings), TestContext.Current.CancellationToken));

        Assert.Contains("ClusterSecret", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("Region 'lower'", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("AdminUrl", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_misspelt_option_is_told()
    {
        using var directory = new TempDirectory();
        var settings = TestOrigin.Settings(directory.Combine("data"));
        settings["Origin:Regoin"] = "ORD1";

        var refusal = await Assert.ThrowsAsync<StartupException>(() =>
            OriginServer.StartAsync(TestOrigin.Configuration(settings), TestContext.Current.CancellationToken));

        Assert.Contains("Regoin", refusal.Message, StringComparison.Ordinal);
    }
}
