using EdgeCache.Origin.Hosting;
using EdgeCache.Origin.Identity;
using EdgeCache.Origin.Identity.Federation;
using EdgeCache.Origin.Identity.Federation.Oidc;
using EdgeCache.Origin.Tests.Identity.Federation.Saml;
using EdgeCache.Testing;

namespace EdgeCache.Origin.Tests.Identity.Federation;

/// <summary>The transaction that turns a proven identity into a key.</summary>
public sealed class FederatedKeysTests : IAsyncLifetime
{
    private readonly TempDirectory _directory = new();
    private readonly ManualTimeProvider _time = new(Instants.Start);
    private ControlPlaneHost _host = null!;
    private FederationConfig _config = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await ControlPlaneHost.OpenAsync(
            _directory.Combine("identity.db"), new BootstrapOptions { OrganizationId = "main" }, _time, TestContext.Current.CancellationToken);
        var config = new FederationConfig
        {
            Id = "fc1",
            OrganizationId = "main",
            Name = "cluster",
            Settings = new FederationSettings { Oidc = new OidcSettings { Issuer = "https://issuer.example.test", Audiences = ["a"] } },
        };
        (_, _config) = await _host.Federation.AddAsync(config, TestContext.Current.CancellationToken);
    }

    public ValueTask DisposeAsync()
    {
        _host.Dispose();
        _directory.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_configuration_that_changed_since_the_check_yields_no_key()
    {
        var (_, changed, _) = await _host.Federation.UpdateAsync(_config, revokeKeys: true, TestContext.Current.CancellationToken);

        Assert.Equal(FederationFault.Rejected, (await IssueAsync(_config, "a")).Problem?.Fault);
        Assert.NotNull((await IssueAsync(changed, "a")).Key);
        await _host.Federation.DeleteAsync("main", changed.Id, revokeKeys: true, TestContext.Current.CancellationToken);
        Assert.Equal(FederationFault.Rejected, (await IssueAsync(changed, "b")).Problem?.Fault);
    }

    [Fact]
    public async Task A_key_that_is_not_issued_uses_nothing_up()
    {
        await _host.Organizations.SetSuspendedAsync("main", true, TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<KeyRefusedException>(() => IssueAsync(_config, "a"));
        await _host.Organizations.SetSuspendedAsync("main", false, TestContext.Current.CancellationToken);

        Assert.NotNull((await IssueAsync(_config, "a")).Key);
        Assert.Equal(FederationFault.Replayed, (await IssueAsync(_config, "a")).Problem?.Fault);
    }

    [Fact]
    public async Task Uses_are_forgotten_once_their_time_is_over_and_not_before()
    {
        for (var i = 0; i < 8; i++)
        {
            Assert.NotNull((await IssueAsync(_config, $"use-{i}")).Key);
        }

        _time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(FederationFault.Replayed, (await IssueAsync(_config, "use-0")).Problem?.Fault);
        Assert.NotNull((await IssueAsync(_config, "at the very end")).Key);
        Assert.Equal(9, Remembered());

        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.NotNull((await IssueAsync(_config, "later")).Key);
        Assert.NotNull((await IssueAsync(_config, "still later")).Key);
        Assert.Equal(3, Remembered());
    }

    private long Remembered() => _host.Database.Read(static (connection, _) => Dapper.SqlMapper.QuerySingle<long>(connection, "SELECT COUNT(*) FROM federation_uses"));

    private Task<(FederationProblem? Problem, AccessKey? Key)> IssueAsync(FederationConfig config, string use) => _host.FederatedKeys.IssueAsync(
        config,
        new FederatedIdentity { Principal = "saml/reader", Use = new CredentialUse(use, _time.GetUtcNow().AddMinutes(10)) },
        TimeSpan.FromMinutes(5),
        TestContext.Current.CancellationToken);
}
