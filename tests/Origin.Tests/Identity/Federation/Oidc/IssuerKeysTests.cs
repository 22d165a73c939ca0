using System.Net;
using EdgeCache.Origin.Identity.Federation;
using EdgeCache.Origin.Identity.Federation.Oidc;
using EdgeCache.Origin.Tests.Identity.Federation.Saml;
using EdgeCache.Testing;
using Microsoft.AspNetCore.Http;

namespace EdgeCache.Origin.Tests.Identity.Federation.Oidc;

/// <summary>Where keys come from: a real issuer over HTTP, at its best and at its worst.</summary>
public sealed class IssuerKeysTests : IAsyncLifetime
{
    private readonly ManualTimeProvider _time = new(Instants.Start);
    private TestIssuer _issuer = null!;
    private IssuerClient _client = null!;
    private OidcValidator _validator = null!;

    public async ValueTask InitializeAsync()
    {
        _issuer = await TestIssuer.StartAsync();
        _client = new IssuerClient(allowPrivate: true, _time);
        _validator = new OidcValidator(new IssuerKeys(_client, _time), _time);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _issuer.DisposeAsync();
    }

    [Fact]
    public async Task The_keys_are_fetched_once_and_kept()
    {
        for (var i = 0; i < 3; i++)
        {
            Assert.Null((await ValidateAsync(_issuer.Key)).Problem);
        }

        Assert.Equal(1, _issuer.Discoveries);
        _time.Advance(IssuerKeys.Lifetime);
        Assert.Null((await ValidateAsync(_issuer.Key)).Problem);
        Assert.Equal(2, _issuer.Discoveries);
    }

    [Fact]
    public async Task A_new_key_is_found_at_once_but_made_up_ones_do_not_flood_the_issuer()
    {
        Assert.Null((await ValidateAsync(_issuer.Key)).Problem);
        var next = TestKey.Rsa("key-2");
        _issuer.Rotate(next, _issuer.Key);

        // Within the interval the issuer is not asked again, after it once.
        Assert.Equal(FederationFault.Rejected, (await ValidateAsync(next)).Problem?.Fault);
        Assert.Equal(1, _issuer.Discoveries);
        _time.Advance(IssuerKeys.MinInterval);
        Assert.Null((await ValidateAsync(next)).Problem);
        Assert.Equal(2, _issuer.Discoveries);

        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(FederationFault.Rejected, (await ValidateAsync(_issuer.Key, kid: $"made-up-{i}")).Problem?.Fault);
        }

        Assert.Equal(2, _issuer.Discoveries);
        Assert.Null((await ValidateAsync(next)).Problem);
    }

    [Fact]
    public async Task A_withdrawn_key_is_refused_once_the_set_was_fetched_anew()
    {
        var old = _issuer.Key;
        Assert.Null((await ValidateAsync(old)).Problem);
        _issuer.Rotate(TestKey.Rsa("key-2"));
        _time.Advance(IssuerKeys.Lifetime);

        Assert.Equal(FederationFault.Rejected, (await ValidateAsync(old)).Problem?.Fault);
    }

    [Fact]
    public async Task Those_who_ask_together_make_one_fetch()
    {
        var gate = new TaskCompletionSource();
        var arrived = new TaskCompletionSource();
        _issuer.Fault = async context =>
        {
            arrived.TrySetResult();
            await gate.Task;
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
        };
        var waiting = Enumerable.Range(0, 8).Select(_ => ValidateAsync(_issuer.Key)).ToArray();
        await arrived.Task.WaitAsync(TestContext.Current.CancellationToken);
        gate.SetResult();

        Assert.All(await Task.WhenAll(waiting), static outcome => Assert.Equal(FederationFault.IssuerUnavailable, outcome.Problem?.Fault));
        Assert.Equal(1, _issuer.Discoveries);
    }

    [Fact]
    public async Task An_issuer_that_hangs_is_given_up()
    {
        var arrived = new TaskCompletionSource();
        _issuer.Fault = async context =>
        {
            arrived.TrySetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        };
        var validation = ValidateAsync(_issuer.Key);
        await arrived.Task.WaitAsync(TestContext.Current.CancellationToken);
        Assert.False(validation.IsCompleted);

        _time.Advance(IssuerClient.Timeout);

        Assert.Equal(FederationFault.IssuerUnavailable, (await validation).Problem?.Fault);
    }

    [Fact]
    public async Task An_issuer_that_is_away_is_asked_rarely_and_its_last_keys_serve_for_a_day()
    {
        Assert.Null((await ValidateAsync(_issuer.Key)).Problem);
        _issuer.Fault = static context =>
        {
            context.Abort();
            return Task.CompletedTask;
        };
        _time.Advance(IssuerKeys.Lifetime);
        for (var i = 0; i < 5; i++)
        {
            Assert.Null((await ValidateAsync(_issuer.Key)).Problem);
        }

        Assert.Equal(2, _issuer.Discoveries);
        _time.Advance(IssuerKeys.MaxStale);
        Assert.Equal(FederationFault.IssuerUnavailable, (await ValidateAsync(_issuer.Key)).Problem?.Fault);
    }

    /// <summary>The clock stands still, so nothing but the size can make the client give up.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Too_large_an_answer_is_not_read_to_its_end(bool saysItsLength)
    {
        _issuer.Fault = async context =>
        {
            context.Response.ContentLength = saysItsLength ? 1L << 30 : null;
            await context.Response.Body.WriteAsync(new byte[saysItsLength ? 1 : IssuerClient.MaxDocumentBytes + 1], context.RequestAborted);
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        };

        Assert.Equal(FederationFault.IssuerUnavailable, (await ValidateAsync(_issuer.Key)).Problem?.Fault);
    }

    [Fact]
    public async Task Too_many_keys_are_refused()
    {
        _issuer.Rotate([.. Enumerable.Repeat(_issuer.Key, IssuerKeySet.MaxKeys + 1)]);

        Assert.Equal(FederationFault.IssuerUnavailable, (await ValidateAsync(_issuer.Key)).Problem?.Fault);
    }

    [Theory]
    [InlineData("https://other.example.test", null)]
    [InlineData(null, "http://127.0.0.1:1/keys")]
    [InlineData(null, "file:///etc/passwd")]
    [InlineData(null, "/keys")]
    [InlineData(null, "")]
    public async Task A_discovery_document_that_points_elsewhere_is_refused(string? issuer, string? keys)
    {
        _issuer.Lie = (issuer, keys);

        Assert.Equal(FederationFault.IssuerUnavailable, (await ValidateAsync(_issuer.Key)).Problem?.Fault);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"issuer": 7}""")]
    [InlineData("""{"issuer": "x", "issuer": "y"}""")]
    public async Task A_document_that_is_none_is_refused(string text)
    {
        _issuer.Fault = context => context.Response.WriteAsync(text);

        Assert.Equal(FederationFault.IssuerUnavailable, (await ValidateAsync(_issuer.Key)).Problem?.Fault);
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        _issuer.Fault = context =>
        {
            context.Response.Redirect(_issuer.Url + "/elsewhere");
            return context.Request.Path == "/elsewhere" ? throw new InvalidOperationException("It was followed.") : Task.CompletedTask;
        };

        Assert.Equal(FederationFault.IssuerUnavailable, (await ValidateAsync(_issuer.Key)).Problem?.Fault);
        Assert.Equal(1, _issuer.Discoveries);
    }

    [Fact]
    public async Task Without_leave_no_private_address_is_asked()
    {
        using var careful = new IssuerClient(allowPrivate: false, _time);

        Assert.Null(await careful.FetchAsync(_issuer.Url));
        Assert.Null(await careful.FetchAsync(_issuer.Url.Replace("http://", "https://", StringComparison.Ordinal)));
        Assert.Equal(0, _issuer.Discoveries);
    }

    [Theory]
    [InlineData("https://issuer.example.test", false, true)]
    [InlineData("https://issuer.example.test/realms/a", false, true)]
    [InlineData("http://issuer.example.test", true, false)]
    [InlineData("http://127.0.0.1:8080", false, false)]
    [InlineData("http://127.0.0.1:8080", true, true)]
    [InlineData("https://user@issuer.example.test", false, false)]
    [InlineData("https://issuer.example.test/?x=1", false, false)]
    [InlineData("https://issuer.example.test/#x", false, false)]
    [InlineData("file:///etc/passwd", true, false)]
    [InlineData("issuer", true, false)]
    public void An_issuer_is_a_safe_address(string issuer, bool allowPrivate, bool isOne) =>
        Assert.Equal(isOne, IssuerAddress.IsIssuer(issuer, allowPrivate));

    [Theory]
    [InlineData("8.8.8.8", true)]
    [InlineData("2606:4700::1111", true)]
    [InlineData("127.0.0.1", false)]
    [InlineData("10.1.2.3", false)]
    [InlineData("172.31.0.1", false)]
    [InlineData("192.168.1.1", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("::1", false)]
    [InlineData("::", false)]
    [InlineData("fd00::1", false)]
    [InlineData("fe80::1", false)]
    [InlineData("::ffff:10.0.0.1", false)]
    [InlineData("64:ff9b::a00:1", false)]
    [InlineData("2002:a00:1::", false)]
    public void Addresses_are_known_as_public_or_not(string address, bool isPublic) => Assert.Equal(isPublic, IssuerAddress.IsPublic(IPAddress.Parse(address)));

    private Task<(FederationProblem? Problem, FederatedIdentity? Identity)> ValidateAsync(TestKey key, string? kid = null)
    {
        var settings = new OidcSettings { Issuer = _issuer.Url, Audiences = [TestIssuer.Audience] };
        return _validator.ValidateAsync(key.Sign(_issuer.Claims(_time.GetUtcNow()), kid: kid), settings, TestContext.Current.CancellationToken);
    }
}
