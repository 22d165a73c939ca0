using System.Buffers;
using System.Text;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace EdgeCache.Origin.Identity.Federation.Oidc;

/// <summary>Asks an issuer for its keys (OpenID Connect Discovery 1.0), within a bounded time and size; follows no redirects.</summary>
internal sealed class IssuerClient : IDisposable
{
    /// <summary>The largest discovery document or key set, in bytes.</summary>
    public const int MaxDocumentBytes = 256 * 1024;

    /// <summary>How long both documents together may take.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    private readonly bool _allowPrivate;
    private readonly TimeProvider _time;
    private readonly HttpClient _http;

    public IssuerClient(bool allowPrivate, TimeProvider time)
    {
        (_allowPrivate, _time) = (allowPrivate, time);
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            ConnectTimeout = Timeout,
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            MaxResponseHeadersLength = 16,
            MaxResponseDrainSize = 0,
            ConnectCallback = (context, cancellationToken) => IssuerAddress.ConnectAsync(context, allowPrivate, cancellationToken),
        };
        _http = new HttpClient(handler) { Timeout = System.Threading.Timeout.InfiniteTimeSpan };
    }

    /// <summary>Fetches the keys; null when the issuer can't be reached, is too slow or says something else than it should.</summary>
    public async Task<IssuerKeySet?> FetchAsync(string issuer)
    {
        using var timeout = new CancellationTokenSource(Timeout, _time);
        try
        {
            var discovery = new Uri(issuer.TrimEnd('/') + "/.well-known/openid-configuration");
            var configuration = OpenIdConnectConfiguration.Create(await GetAsync(discovery, timeout.Token));

            // Discovery 4.3: an issuer speaks for itself only. And its keys are where TLS vouches for them, or where the document itself was.
            if (configuration.Issuer != issuer || !Uri.TryCreate(configuration.JwksUri, UriKind.Absolute, out var keys) ||
                !IssuerAddress.IsAcceptable(keys, _allowPrivate && HaveOneAuthority(keys, discovery)))
            {
                return null;
            }

            return IssuerKeySet.TryRead(await GetAsync(keys, timeout.Token));
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException or ArgumentException or FormatException
            or InvalidOperationException or System.Text.Json.JsonException)
        {
            return null;
        }
    }

    public void Dispose() => _http.Dispose();

    private static bool HaveOneAuthority(Uri left, Uri right) => left.GetLeftPart(UriPartial.Authority) == right.GetLeftPart(UriPartial.Authority);

    private async Task<string> GetAsync(Uri address, CancellationToken cancellationToken)
    {
        using var response = await _http.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (!response.IsSuccessStatusCode || response.Content.Headers.ContentLength > MaxDocumentBytes)
        {
            throw new HttpRequestException("The issuer's answer is no success, or too large.");
        }

        var buffer = ArrayPool<byte>.Shared.Rent(MaxDocumentBytes + 1);
        try
        {
            await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
            var length = await body.ReadAtLeastAsync(buffer.AsMemory(0, MaxDocumentBytes + 1), MaxDocumentBytes + 1, throwOnEndOfStream: false, cancellationToken);
            return length <= MaxDocumentBytes ? Encoding.UTF8.GetString(buffer, 0, length) : throw new HttpRequestException("The issuer's answer is too large.");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
