using System.Security.Cryptography;
using System.Text;
using EdgeCache.Origin.Identity.Federation;
using EdgeCache.Origin.Identity.Federation.Oidc;
using EdgeCache.Origin.Tests.Identity.Federation.Saml;
using EdgeCache.Testing;

namespace EdgeCache.Origin.Tests.Identity.Federation.Oidc;

/// <summary>Tokens, good and forged, against a key set that the configuration has.</summary>
public sealed class OidcTokenTests
{
    private const string Issuer = "https://issuer.example.test";

    private static readonly TestKey Key = TestKey.Rsa("key-1");

    public static TheoryData<string, string> Lies => new()
    {
        { "expired", "expired" },
        { "no exp", "expired" },
        { "not yet valid", "not valid yet" },
        { "issued in the future", "issued in the future" },
        { "wrong aud", "aud" },
        { "no aud", "aud" },
        { "wrong iss", "iss" },
        { "longer iss", "iss" },
        { "no sub", "sub" },
        { "sub with wildcard", "sub" },
        { "sub with control character", "sub" },
        { "groups of another type", "groups" },
        { "too many groups", "groups" },
    };

    [Fact]
    public async Task A_good_token_proves_its_subject_and_groups()
    {
        var (problem, identity) = await ValidateAsync(Key.Sign(Claims()));

        Assert.Null(problem);
        Assert.Equal("role/https://issuer.example.test:system:serviceaccount:team:trainer", identity!.Principal);
        Assert.Equal(["ml", "ops"], identity.Groups);
        Assert.Null(identity.Use);
    }

    [Theory]
    [InlineData("RS256")]
    [InlineData("RS384")]
    [InlineData("RS512")]
    [InlineData("PS256")]
    [InlineData("PS384")]
    [InlineData("PS512")]
    [InlineData("ES256")]
    [InlineData("ES384")]
    [InlineData("ES512")]
    public async Task Every_algorithm_of_the_list_is_accepted(string algorithm)
    {
        var key = algorithm switch
        {
            "ES256" => TestKey.Ec("ec", ECCurve.NamedCurves.nistP256, "P-256"),
            "ES384" => TestKey.Ec("ec", ECCurve.NamedCurves.nistP384, "P-384"),
            "ES512" => TestKey.Ec("ec", ECCurve.NamedCurves.nistP521, "P-521"),
            _ => Key,
        };

        Assert.Null((await ValidateAsync(key.Sign(Claims(), algorithm), Settings() with { Jwks = TestKey.SetOf(key) })).Problem);
    }

    [Fact]
    public async Task Several_audiences_and_a_single_group_are_understood()
    {
        var claims = Claims();
        (claims["aud"], claims["groups"]) = (new[] { "x", TestIssuer.Audience }, "ml");

        var (problem, identity) = await ValidateAsync(Key.Sign(claims));

        Assert.Null(problem);
        Assert.Equal(["ml"], identity!.Groups);
    }

    [Theory]
    [MemberData(nameof(Lies))]
    public async Task A_signed_token_that_does_not_fit_is_refused(string lie, string reason) =>
        Refuse(await ValidateAsync(Key.Sign(Tell(lie))), FederationFault.Rejected, reason);

    [Theory]
    [InlineData("exp of another type")]
    [InlineData("exp beyond time")]
    [InlineData("nbf of another type")]
    [InlineData("aud of another type")]
    public async Task A_signed_token_with_claims_of_other_types_is_refused(string lie) =>
        Refuse(await ValidateAsync(Key.Sign(Tell(lie))), FederationFault.Malformed, "no signed");

    [Fact]
    public async Task The_clocks_may_differ_by_the_configured_time_and_no_more()
    {
        async Task<bool> Passes(string claim, int seconds)
        {
            var claims = Claims();
            claims[claim] = Instants.Start.AddSeconds(seconds).ToUnixTimeSeconds();
            return (await ValidateAsync(Key.Sign(claims), Settings() with { ClockSkewSeconds = 30 })).Problem is null;
        }

        Assert.True(await Passes("exp", -29));
        Assert.False(await Passes("exp", -30));
        Assert.True(await Passes("nbf", 30));
        Assert.False(await Passes("nbf", 31));
    }

    [Fact]
    public async Task A_token_without_signature_is_refused()
    {
        var none = TestKey.Unsigned(new { alg = "none" }, Claims());

        Refuse(await ValidateAsync(none + "."), FederationFault.Rejected, "algorithm");
        Refuse(await ValidateAsync(none), FederationFault.Malformed, "no signed");
        Refuse(await ValidateAsync(TestKey.Unsigned(new { alg = "NONE", kid = "key-1" }, Claims()) + "."), FederationFault.Rejected, "algorithm");
        Refuse(await ValidateAsync(TestKey.Unsigned(new { alg = "RS256", kid = "key-1" }, Claims()) + "."), FederationFault.Rejected, "signature");
    }

    /// <summary>The classic confusion: the public key, which everyone has, as the secret of an HMAC.</summary>
    [Fact]
    public async Task An_HMAC_with_the_public_key_as_its_secret_is_refused()
    {
        var unsigned = TestKey.Unsigned(new { alg = "HS256", kid = "key-1" }, Claims());
        foreach (var secret in new[] { ((RSA)Key.Private).ExportSubjectPublicKeyInfo(), Encoding.UTF8.GetBytes(((RSA)Key.Private).ExportSubjectPublicKeyInfoPem()) })
        {
            var mac = HMACSHA256.HashData(secret, Encoding.ASCII.GetBytes(unsigned));
            Refuse(await ValidateAsync($"{unsigned}.{TestKey.Encode(mac)}"), FederationFault.Rejected, "algorithm");
        }
    }

    [Fact]
    public void Shared_secrets_and_weak_and_encryption_keys_are_no_keys()
    {
        Assert.Null(IssuerKeySet.TryRead("""{"keys":[{"kty":"oct","kid":"s","k":"c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0"}]}"""));
        Assert.Null(IssuerKeySet.TryRead(TestKey.SetOf(TestKey.Rsa("weak", bits: 1024))));
        Assert.Null(IssuerKeySet.TryRead(TestKey.SetOf(TestKey.Rsa("enc", use: "enc"))));
        Assert.Null(IssuerKeySet.TryRead("""{"keys":[]}"""));
        Assert.Null(IssuerKeySet.TryRead("nonsense"));
    }

    [Fact]
    public async Task A_changed_or_misattributed_signature_is_refused()
    {
        var other = TestKey.Rsa("key-2");
        var good = Key.Sign(Claims()).Split('.');
        var forged = Claims();
        forged["sub"] = "system:serviceaccount:kube-system:admin";

        Refuse(await ValidateAsync($"{good[0]}.{Key.Sign(forged).Split('.')[1]}.{good[2]}"), FederationFault.Rejected, "signature");
        Refuse(await ValidateAsync(other.Sign(Claims(), kid: "key-1")), FederationFault.Rejected, "signature");
        Refuse(await ValidateAsync(other.Sign(Claims())), FederationFault.Rejected, "kid");
        Refuse(await ValidateAsync(Key.Sign(Claims()), Settings() with { Jwks = TestKey.SetOf(other) }), FederationFault.Rejected, "kid");
    }

    [Fact]
    public async Task Keys_within_the_token_are_not_used()
    {
        var attacker = TestKey.Rsa("key-1");
        var jwk = System.Text.Json.JsonDocument.Parse(TestKey.SetOf(attacker)).RootElement.GetProperty("keys")[0];
        var token = attacker.SignWith(new Dictionary<string, object> { ["alg"] = "RS256", ["kid"] = "key-1", ["jwk"] = jwk, ["jku"] = "https://attacker.example.test/keys" }, Claims());

        Refuse(await ValidateAsync(token), FederationFault.Rejected, "signature");
    }

    [Fact]
    public async Task Without_a_kid_only_an_only_key_is_tried()
    {
        var nameless = TestKey.Rsa(null);
        var settings = Settings() with { Jwks = TestKey.SetOf(nameless) };

        Assert.Null((await ValidateAsync(nameless.Sign(Claims()), settings)).Problem);
        Refuse(await ValidateAsync(nameless.Sign(Claims()), settings with { Jwks = TestKey.SetOf(nameless, Key) }), FederationFault.Rejected, "kid");
    }

    [Fact]
    public async Task Critical_extensions_and_repeated_claims_are_refused()
    {
        var critical = Key.SignWith(new Dictionary<string, object> { ["alg"] = "RS256", ["kid"] = "key-1", ["crit"] = new[] { "exp" } }, Claims());
        var header = TestKey.Unsigned(new { alg = "RS256", kid = "key-1" }, Claims()).Split('.')[0];
        var twice = Encoding.UTF8.GetBytes($$"""{"iss":"{{Issuer}}","sub":"a","sub":"b"}""");

        Refuse(await ValidateAsync(critical), FederationFault.Rejected, "critical");
        Refuse(await ValidateAsync($"{header}.{TestKey.Encode(twice)}.AAAA"), FederationFault.Malformed, "no signed");
    }

    [Theory]
    [InlineData("")]
    [InlineData("a.b.c")]
    [InlineData("..")]
    [InlineData("eyJhbGciOiJSUzI1NiJ9.e30")]
    [InlineData("a.b.c.d.e")]
    public async Task What_is_no_token_is_refused(string token) => Refuse(await ValidateAsync(token), FederationFault.Malformed, "no signed");

    [Fact]
    public async Task Too_long_a_token_is_refused() =>
        Refuse(await ValidateAsync(new string('a', OidcValidator.MaxTokenLength + 1)), FederationFault.TooLarge, "longer");

    [Theory]
    [InlineData("system:serviceaccount:team:trainer", true)]
    [InlineData("system:serviceaccount:team:*", true)]
    [InlineData("*", true)]
    [InlineData("system:serviceaccount:team:train", false)]
    [InlineData("system:serviceaccount:other:*", false)]
    public async Task Only_allowed_subjects_may_have_keys(string allowed, bool passes)
    {
        var (problem, _) = await ValidateAsync(Key.Sign(Claims()), Settings() with { AllowedSubjects = [allowed] });

        Assert.Equal(passes ? null : FederationFault.Forbidden, problem?.Fault);
    }

    private static OidcSettings Settings() => new() { Issuer = Issuer, Audiences = [TestIssuer.Audience], Jwks = TestKey.SetOf(Key) };

    private static Dictionary<string, object> Claims() => new()
    {
        ["iss"] = Issuer,
        ["aud"] = TestIssuer.Audience,
        ["sub"] = "system:serviceaccount:team:trainer",
        ["iat"] = Instants.Start.ToUnixTimeSeconds(),
        ["nbf"] = Instants.Start.ToUnixTimeSeconds(),
        ["exp"] = Instants.Start.AddMinutes(10).ToUnixTimeSeconds(),
        ["groups"] = new[] { "ml", "ops" },
    };

    private static Dictionary<string, object> Tell(string lie)
    {
        var claims = Claims();
        switch (lie)
        {
            case "no exp" or "no aud" or "no sub":
                claims.Remove(lie[3..]);
                return claims;
            default:
                var (claim, value) = lie switch
                {
                    "expired" => ("exp", (object)Instants.Start.AddMinutes(-2).ToUnixTimeSeconds()),
                    "exp of another type" => ("exp", "tomorrow"),
                    "exp beyond time" => ("exp", 1e300),
                    "not yet valid" => ("nbf", Instants.Start.AddMinutes(2).ToUnixTimeSeconds()),
                    "nbf of another type" => ("nbf", "now"),
                    "issued in the future" => ("iat", Instants.Start.AddMinutes(2).ToUnixTimeSeconds()),
                    "wrong aud" => ("aud", "https://elsewhere.example.test"),
                    "aud of another type" => ("aud", new { a = TestIssuer.Audience }),
                    "wrong iss" => ("iss", "https://other.example.test"),
                    "longer iss" => ("iss", Issuer + "/"),
                    "sub with wildcard" => ("sub", "system:*"),
                    "sub with control character" => ("sub", "a\nb"),
                    "groups of another type" => ("groups", new[] { 1 }),
                    "too many groups" => ("groups", Enumerable.Range(0, 201).Select(static i => $"g{i}").ToArray()),
                    _ => throw new ArgumentOutOfRangeException(nameof(lie), lie, null),
                };
                claims[claim] = value;
                return claims;
        }
    }

    private static void Refuse((FederationProblem? Problem, FederatedIdentity? Identity) outcome, FederationFault fault, string reason)
    {
        Assert.Null(outcome.Identity);
        Assert.Equal(fault, outcome.Problem?.Fault);
        Assert.Contains(reason, outcome.Problem!.Message, StringComparison.Ordinal);
    }

    private static async Task<(FederationProblem? Problem, FederatedIdentity? Identity)> ValidateAsync(string token, OidcSettings? settings = null)
    {
        var time = new ManualTimeProvider(Instants.Start);
        using var client = new IssuerClient(allowPrivate: false, time);
        return await new OidcValidator(new IssuerKeys(client, time), time).ValidateAsync(token, settings ?? Settings(), TestContext.Current.CancellationToken);
    }
}
