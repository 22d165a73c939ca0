using System.Globalization;
using EdgeCache.Edge.Storage.Eviction;
using EdgeCache.Testing;

namespace EdgeCache.Edge.Tests.Storage.Eviction;

public sealed class OrganizationTableTests : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly OrganizationUsage _usage = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Numbers_are_kept_over_a_restart_and_never_given_twice()
    {
        var table = Load();
        var acme = table.NumberOf("acme");
        Assert.Equal(acme, table.NumberOf("acme"));
        Assert.NotEqual(acme, table.NumberOf("other org"));
        Assert.NotEqual(0, acme);

        var again = Load();
        var third = again.NumberOf("third");
        Assert.Equal(acme, again.NumberOf("acme"));
        Assert.Equal(table.NumberOf("other org"), again.NumberOf("other org"));
        Assert.DoesNotContain(third, new[] { acme, again.NumberOf("other org") });
    }

    [Fact]
    public void Without_its_file_numbers_that_records_bear_stay_nobodys()
    {
        var acme = Load().NumberOf("acme");
        _usage.Add(acme, 1);
        var path = Path.Combine(_directory.Path, OrganizationTable.FileName);
        var bytes = File.ReadAllBytes(path);
        bytes[^2] ^= 1;
        File.WriteAllBytes(path, bytes);

        Assert.NotEqual(acme, Load().NumberOf("another"));
    }

    [Fact]
    public void When_numbers_run_out_the_rest_have_none_but_configured_ones_still_get_theirs()
    {
        var table = Load();
        for (ushort number = 1; number < OrganizationUsage.Numbers; number++)
            _usage.Add(number, number < OrganizationUsage.Numbers - 2 ? 1 : 0);

        Assert.Equal(0, table.NumberOf("one too many"));
        Assert.NotEqual(0, table.Reserve("configured"));
        Assert.NotEqual(0, table.NumberOf("configured"));
        Assert.Equal(0, table.NumberOf(new string('x', OrganizationTable.MaxNameLength + 1)));
        Assert.Equal(0, table.NumberOf("two\nlines"));
        Assert.Equal(0, table.NumberOf(string.Empty));
    }

    [Fact]
    public void A_name_that_cannot_be_written_down_gets_no_number()
    {
        var table = Load();
        Directory.Delete(_directory.Path, recursive: true);
        Assert.Equal(0, table.NumberOf("acme"));
        Directory.CreateDirectory(_directory.Path);
        Assert.Equal(1, table.NumberOf("acme"));
        Assert.StartsWith("ECOT 1 ", File.ReadAllText(Path.Combine(_directory.Path, OrganizationTable.FileName)), StringComparison.Ordinal);
        Assert.Equal(1.ToString(CultureInfo.InvariantCulture), File.ReadAllLines(Path.Combine(_directory.Path, OrganizationTable.FileName))[1].Split(' ')[0]);
    }

    private OrganizationTable Load()
    {
        var table = new OrganizationTable(Path.Combine(_directory.Path, OrganizationTable.FileName), _usage);
        table.Load();
        return table;
    }
}
