using EdgeCache.Origin.Encryption;
using EdgeCache.Origin.Hosting;
using EdgeCache.Shared.Processes;
using EdgeCache.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeCache.Origin.Tests.Encryption;

public sealed class KeyRingTests : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly ManualTimeProvider _time = new();

    private string FilePath => _directory.Combine(KeyRingFile.Name);

    [Fact]
    public void The_newest_key_serves_for_its_time_and_the_older_ones_stay()
    {
        var ring = Open();
        var first = ring.Current();
        _time.Advance(TimeSpan.FromDays(9));
        Assert.Same(first, ring.Current());
        _time.Advance(TimeSpan.FromDays(1));
        var second = ring.Current();

        Assert.NotEqual(first.Id, second.Id);
        var reopened = Open();
        Assert.Equal(second.Secret, reopened.Current().Secret);
        Assert.Equal(first.Secret, reopened.Find(first.Id)!.Secret);
        Assert.Null(reopened.Find(new byte[RingKey.IdSize]));
    }

    [Fact]
    public void Only_its_owner_may_read_the_file()
    {
        Open().Current();
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(FilePath));
        File.SetUnixFileMode(FilePath, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        Assert.Contains("0600", Assert.Throws<StartupException>(Open).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("{\"version\":2,\"keys\":[]}")]
    [InlineData("{\"version\":1,\"keys\":[]}")]
    [InlineData("{\"version\":1,\"keys\":[{\"id\":\"AAAA\",\"created\":\"2030-01-01T00:00:00Z\",\"secret\":\"AAAA\"}]}")]
    public void A_file_that_is_no_ring_stops_the_start(string text)
    {
        File.WriteAllText(FilePath, text);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(FilePath, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        Assert.Throws<StartupException>(Open);
    }

    public void Dispose() => _directory.Dispose();

    private KeyRing Open() => KeyRing.Open(
        new OriginOptions { DataDirectory = _directory.Path, EncryptionKeyLifetime = TimeSpan.FromDays(10) }, _time, NullLogger<KeyRing>.Instance);
}
