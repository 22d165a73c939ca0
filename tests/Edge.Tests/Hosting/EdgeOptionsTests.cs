using EdgeCache.Edge.Hosting;
using EdgeCache.Shared.Primitives;
using EdgeCache.Shared.Processes;
using EdgeCache.Testing;
using Microsoft.Extensions.Configuration;

namespace EdgeCache.Edge.Tests.Hosting;

public sealed class EdgeOptionsTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("1048576", 1 << 20)]
    [InlineData("512MiB", 512L << 20)]
    [InlineData("20 GiB", 20L << 30)]
    [InlineData("2tib", 2L << 40)]
    public void A_size_is_read(string text, long bytes)
    {
        Assert.True(ByteSize.TryParse(text, out var read));
        Assert.Equal(bytes, read);
    }

    [Theory]
    [InlineData(0, "0")]
    [InlineData(1023, "1023")]
    [InlineData(64 << 10, "64KiB")]
    [InlineData(20L << 30, "20GiB")]
    [InlineData((1L << 30) + (1 << 20), "1025MiB")]
    public void A_size_is_written_in_its_largest_unit(long bytes, string text) => Assert.Equal(text, ByteSize.Format(bytes));

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("-1")]
    [InlineData("1.5GiB")]
    [InlineData("10GB")]
    [InlineData("GiB")]
    [InlineData("9999999999TiB")]
    public void What_is_no_size_is_refused(string? text) => Assert.False(ByteSize.TryParse(text, out _));

    [Theory]
    [InlineData("https://127.0.0.1:9443", "127.0.0.1", 9443)]
    [InlineData("https://*:0", "::", 0)]
    public void A_TLS_listener_has_a_URL_of_its_own(string text, string address, int port)
    {
        Assert.True(ListenUrl.TryParseTls(text, out var endPoint));
        Assert.Equal(new System.Net.IPEndPoint(System.Net.IPAddress.Parse(address), port), endPoint);
        Assert.False(ListenUrl.TryParse(text, out _));
        Assert.False(ListenUrl.TryParseTls(text.Replace("https", "http", StringComparison.Ordinal), out _));
    }

    [Fact]
    public async Task A_certificate_that_is_none_is_an_operators_mistake()
    {
        using var directory = new TempDirectory();
        var file = Path.Combine(directory.Path, "cert.pem");
        var missing = Assert.Throws<StartupException>(() => ServerCertificate.Load(file, file));
        await File.WriteAllTextAsync(file, "nonsense", TestContext.Current.CancellationToken);
        var nonsense = Assert.Throws<StartupException>(() => ServerCertificate.Load(file, file));
        Assert.All([missing, nonsense], error => Assert.Contains(file, error.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void All_that_is_wrong_is_told_together_in_one_line()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Edge:Name"] = "not a name",
            ["Edge:S3Url"] = "https://x",
            ["Edge:S3TlsUrl"] = "http://127.0.0.1:0",
            ["Edge:CacheSize"] = "1KiB",
            ["Edge:CacheDirectories:0"] = "/mnt/a",
            ["Edge:CacheDirectories:1"] = "/mnt/a/b",
            ["Edge:ClusterSecret"] = "short",
            ["Edge:DefaultRegion"] = "ORD1",
            ["Edge:Fill:MaxActive"] = "0",
        }).Build();
        var error = Assert.Throws<StartupException>(() => EdgeConfiguration.Bind(configuration));
        foreach (var part in new[] { "Name", "S3Url", "S3TlsUrl", "TlsCertificate", "CacheSize", "CacheDirectories", "ClusterSecret", "ControlPlaneAdminUrl", "Regions", "DefaultRegion", "Fill:MaxActive" })
        {
            Assert.Contains(part, error.Message, StringComparison.Ordinal);
        }

        Assert.DoesNotContain('\n', error.Message);
    }

    [Theory]
    [InlineData("0:Organization", "", "CacheShares:0:Organization must have")]
    [InlineData("0:Floor", "60 %", "CacheShares:0:Floor '60 %' must be a size")]
    [InlineData("0:Floor", "101%", "CacheShares:0:Floor '101%' must be")]
    [InlineData("0:Floor", "-1%", "CacheShares:0:Floor '-1%' must be")]
    [InlineData("0:Cap", "0", "CacheShares:0:Cap '0' must be")]
    [InlineData("0:Cap", "3GiB", "CacheShares:0:Cap '3GiB' must be")]
    [InlineData("0:Cap", "29%", "CacheShares:0:Floor must be at most its Cap")]
    [InlineData("1:Floor", "70.5%", "the sum of all floors")]
    [InlineData("1:Organization", "acme", "names an organization twice")]
    public void A_share_that_cannot_be_is_told_in_one_sentence(string setting, string value, string sentence)
    {
        var settings = new Dictionary<string, string?>
        {
            ["Edge:CacheDirectories:0"] = "/mnt/a",
            ["Edge:CacheDirectories:1"] = "/mnt/b",
            ["Edge:CacheSize"] = "1GiB",
            ["Edge:CacheShares:0:Organization"] = "acme",
            ["Edge:CacheShares:0:Floor"] = "30%",
            ["Edge:CacheShares:0:Cap"] = "1GiB",
            ["Edge:CacheShares:1:Organization"] = "zeta",
        };
        Assert.DoesNotContain("CacheShares", Problems(settings), StringComparison.Ordinal);
        settings["Edge:CacheShares:" + setting] = value;
        Assert.Contains(sentence, Problems(settings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SmallShare", "0", "SmallShare must lie")]
    [InlineData("SmallShare", "0.6", "SmallShare must lie")]
    [InlineData("SmallShare", "0.3", "SmallShare must leave 50331648 bytes")]
    [InlineData("SmallShare", "0.02", "SmallShare must leave 4194304 bytes")]
    [InlineData("MaxPinnedShare", "0.8", "MaxPinnedShare must lie")]
    public void A_share_of_small_or_pinned_objects_out_of_range_is_refused(string setting, string value, string sentence)
    {
        var settings = new Dictionary<string, string?> { ["Edge:CacheSize"] = "64MiB" };
        Assert.DoesNotContain(setting, Problems(settings), StringComparison.Ordinal);
        settings["Edge:" + setting] = value;
        Assert.Contains(sentence, Problems(settings), StringComparison.Ordinal);
    }

    private static string Problems(Dictionary<string, string?> settings) =>
        Assert.Throws<StartupException>(() => EdgeConfiguration.Bind(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())).Message;

    [Theory]
    [InlineData("Peers:0:Name", "LGA2", "PeerUrl is empty: an edge with peers has to listen for them")]
    [InlineData("PeerUrl", "https://x", "PeerUrl 'https://x' is not of the form http://<address>:<port>")]
    [InlineData("PeersDns", "edges", "PeersDns 'edges' is not of the form <name>:<port>")]
    [InlineData("PeersDns", "edges:0", "PeersDns 'edges:0' is not of the form <name>:<port>")]
    [InlineData("Peers:1:Name", "LGA2", "Peers names an edge twice")]
    [InlineData("Peers:1:Url", "here", "Peers:1:Url 'here' is not an http URL")]
    [InlineData("Fill:MaxAttempts", "1", "Fill:MaxAttempts must be at least 2 with peers: the last attempt is the region's")]
    [InlineData("Fill:MaxBytesInFlight", "16MiB", "Fill:MaxBytesInFlight must be at least 32MiB with peers")]
    public void What_is_wrong_with_peers_is_told(string name, string value, string error)
    {
        var settings = new Dictionary<string, string?>
        {
            ["Edge:Peers:0:Name"] = "LGA2", ["Edge:Peers:0:Url"] = "http://10.0.0.2:9200", ["Edge:Peers:1:Name"] = "LGA3", ["Edge:Peers:1:Url"] = "http://10.0.0.3:9200",
        };
        if (name != "Peers:0:Name")
        {
            settings["Edge:PeerUrl"] = "http://*:9200";
        }

        settings["Edge:" + name] = value;
        var failure = Assert.Throws<StartupException>(() => EdgeConfiguration.Bind(new ConfigurationBuilder().AddInMemoryCollection(settings).Build()));
        Assert.Contains(error, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_option_is_refused()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["Edge:Nmae"] = "LGA1" }).Build();
        Assert.Throws<StartupException>(() => EdgeConfiguration.Bind(configuration));
    }

    [Fact]
    public void A_data_directory_is_for_one_process()
    {
        using var directory = new TempDirectory();
        using (DataDirectory.Open(directory.Path))
        {
            var error = Assert.Throws<StartupException>(() => DataDirectory.Open(directory.Path));
            Assert.Contains("in use", error.Message, StringComparison.Ordinal);
        }

        using var again = DataDirectory.Open(directory.Path);
        Assert.Equal(directory.Path, again.Path);
    }
}
