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

    [Fact]
    public void All_that_is_wrong_is_told_together_in_one_line()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Edge:Name"] = "not a name",
            ["Edge:S3Url"] = "https://x",
            ["Edge:CacheSize"] = "1KiB",
            ["Edge:CacheDirectories:0"] = "/mnt/a",
            ["Edge:CacheDirectories:1"] = "/mnt/a/b",
            ["Edge:ClusterSecret"] = "short",
            ["Edge:DefaultRegion"] = "ORD1",
            ["Edge:Fill:MaxActive"] = "0",
        }).Build();
        var error = Assert.Throws<StartupException>(() => EdgeConfiguration.Bind(configuration));
        foreach (var part in new[] { "Name", "S3Url", "CacheSize", "CacheDirectories", "ClusterSecret", "ControlPlaneAdminUrl", "Regions", "DefaultRegion", "Fill:MaxActive" })
        {
            Assert.Contains(part, error.Message, StringComparison.Ordinal);
        }

        Assert.DoesNotContain('\n', error.Message);
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
