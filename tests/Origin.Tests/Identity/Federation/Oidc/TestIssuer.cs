using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Tokens;

namespace EdgeCache.Origin.Tests.Identity.Federation.Oidc;

/// <summary>An OpenID Connect issuer on loopback, with a discovery document, a key set, and faults that tests switch on.</summary>
internal sealed class TestIssuer : IAsyncDisposable
{
    public const string Audience = "https://store.example.test";

    private readonly WebApplication _application;
    private volatile TestKey[] _keys;
    private int _discoveries;

    private TestIssuer(WebApplication application, TestKey key) => (_application, _keys) = (application, [key]);

    public string Url => _application.Urls.Single();

    public TestKey Key => _keys[0];

    /// <summary>How often the discovery document was asked for.</summary>
    public int Discoveries => Volatile.Read(ref _discoveries);

    /// <summary>Answers requests instead of the issuer, given the path; null to let it answer.</summary>
    public Func<HttpContext, Task>? Fault { get; set; }

    /// <summary>What the discovery document names as the issuer and the keys' place; null for the truth.</summary>
    public (string? Issuer, string? JwksUri) Lie { get; set; }

    public static async Task<TestIssuer> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRoutingCore();
        var application = builder.Build();
        var issuer = new TestIssuer(application, TestKey.Rsa("key-1"));
        application.Run(issuer.AnswerAsync);
        await application.StartAsync(TestContext.Current.CancellationToken);
        return issuer;
    }

    /// <summary>Publishes other keys from now on.</summary>
    public void Rotate(params TestKey[] keys) => _keys = keys;

    /// <summary>Claims that are good at a time, to be changed by a test.</summary>
    public Dictionary<string, object> Claims(DateTimeOffset now) => new()
    {
        ["iss"] = Url,
        ["aud"] = Audience,
        ["sub"] = "system:serviceaccount:team:trainer",
        ["iat"] = now.ToUnixTimeSeconds(),
        ["nbf"] = now.ToUnixTimeSeconds(),
        ["exp"] = now.AddMinutes(10).ToUnixTimeSeconds(),
        ["groups"] = new[] { "ml", "ops" },
    };

    public async ValueTask DisposeAsync() => await _application.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        if (context.Request.Path == "/.well-known/openid-configuration")
        {
            Interlocked.Increment(ref _discoveries);
        }

        if (Fault is { } fault)
        {
            await fault(context);
            return;
        }

        switch (context.Request.Path)
        {
            case "/.well-known/openid-configuration":
                await context.Response.WriteAsJsonAsync(new { issuer = Lie.Issuer ?? Url, jwks_uri = Lie.JwksUri ?? Url + "/keys" });
                break;
            case "/keys":
                await context.Response.WriteAsync(TestKey.SetOf(_keys));
                break;
            default:
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                break;
        }
    }
}

/// <summary>A key pair that signs tokens by hand, so that tests can sign wrongly.</summary>
internal sealed class TestKey
{
    private readonly Dictionary<string, object> _jwk;

    private TestKey(string? id, AsymmetricAlgorithm key, Dictionary<string, object> jwk)
    {
        (Id, Private, _jwk) = (id, key, jwk);
        if (id is not null)
        {
            _jwk["kid"] = id;
        }
    }

    public string? Id { get; }

    public AsymmetricAlgorithm Private { get; }

    public static TestKey Rsa(string? id, int bits = 2048, string use = "sig")
    {
        var key = RSA.Create(bits);
        var parameters = key.ExportParameters(includePrivateParameters: false);
        return new TestKey(id, key, new() { ["kty"] = "RSA", ["use"] = use, ["n"] = Encode(parameters.Modulus!), ["e"] = Encode(parameters.Exponent!) });
    }

    public static TestKey Ec(string? id, ECCurve curve, string name)
    {
        var key = ECDsa.Create(curve);
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        return new TestKey(id, key, new() { ["kty"] = "EC", ["use"] = "sig", ["crv"] = name, ["x"] = Encode(point.X!), ["y"] = Encode(point.Y!) });
    }

    public static string SetOf(params TestKey[] keys) => JsonSerializer.Serialize(new { keys = keys.Select(static k => k._jwk) });

    public static string Encode(byte[] bytes) => Base64UrlEncoder.Encode(bytes);

    public static string Unsigned(object header, object claims) =>
        $"{Encode(JsonSerializer.SerializeToUtf8Bytes(header))}.{Encode(JsonSerializer.SerializeToUtf8Bytes(claims))}";

    public string Sign(object claims, string algorithm = "RS256", string? kid = null) =>
        SignWith(Id is null && kid is null ? new Dictionary<string, object> { ["alg"] = algorithm } : new() { ["alg"] = algorithm, ["kid"] = kid ?? Id! }, claims);

    public string SignWith(Dictionary<string, object> header, object claims)
    {
        var text = Unsigned(header, claims);
        var data = Encoding.ASCII.GetBytes(text);
        var algorithm = (string)header["alg"];
        var hash = new HashAlgorithmName("SHA" + algorithm[2..]);
        var signature = Private is RSA rsa
            ? rsa.SignData(data, hash, algorithm[0] == 'P' ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1)
            : ((ECDsa)Private).SignData(data, hash);
        return $"{text}.{Encode(signature)}";
    }
}
