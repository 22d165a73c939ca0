using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using EdgeCache.Origin.Hosting;

namespace EdgeCache.Origin.Replication;

/// <summary>
/// The origins of the other regions (<see cref="OriginOptions.Peers"/>), and questions to them over the API between tiers. The setting is read
/// at each use, so that a region can be added while this origin runs.
/// </summary>
internal sealed partial class RegionPeers : IDisposable
{
    /// <summary>How long one question may take.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    /// <summary>The most questions in flight to one region.</summary>
    public const int MaxConnections = 16;

    private readonly IConfiguration _configuration;
    private readonly ILogger<RegionPeers> _logger;
    private readonly HttpClient _http;

    public RegionPeers(OriginOptions options, IConfiguration configuration, ILogger<RegionPeers> logger)
    {
        (_configuration, _logger) = (configuration, logger);
        var handler = new SocketsHttpHandler
        {
            MaxConnectionsPerServer = MaxConnections,
            ConnectTimeout = Timeout,
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
        };
        _http = new HttpClient(handler) { Timeout = Timeout };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", options.ClusterSecret);
    }

    /// <summary>Where a region's origin is; null when it is not configured.</summary>
    public PeerOptions? Find(string region) => _configuration.GetSection($"{OriginOptions.SectionName}:{nameof(OriginOptions.Peers)}").GetChildren()
        .Select(static section => section.Get<PeerOptions>())
        .FirstOrDefault(peer => peer?.Name == region);

    /// <summary>Asks a region's origin; <see cref="PeerAnswer{T}.IsKnown"/> is false when it can't be asked.</summary>
    public Task<PeerAnswer<T>> AskAsync<T>(string region, string pathAndQuery, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class => SendAsync(HttpMethod.Get, region, pathAndQuery, type, cancellationToken);

    /// <summary>Changes something of a region's; whether it did is not known when <see cref="PeerAnswer{T}.IsKnown"/> is false.</summary>
    public Task<PeerAnswer<T>> PutAsync<T>(string region, string pathAndQuery, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class => SendAsync(HttpMethod.Put, region, pathAndQuery, type, cancellationToken);

    public void Dispose() => _http.Dispose();

    private async Task<PeerAnswer<T>> SendAsync<T>(
        HttpMethod method, string region, string pathAndQuery, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        if (Find(region) is not { } peer || !Uri.TryCreate(peer.AdminUrl, UriKind.Absolute, out var admin))
        {
            LogNotConfigured(region);
            return default;
        }

        try
        {
            using var request = new HttpRequestMessage(method, new Uri(admin, pathAndQuery));
            using var response = await _http.SendAsync(request, cancellationToken);
            if (response.StatusCode == HttpStatusCode.NotFound)
            {
                return new PeerAnswer<T>(IsKnown: true, null);
            }

            response.EnsureSuccessStatusCode();
            return new PeerAnswer<T>(IsKnown: true, await response.Content.ReadFromJsonAsync(type, cancellationToken));
        }
        catch (Exception e) when (e is HttpRequestException or IOException or JsonException ||
                                  (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            LogUnreachable(region, e.Message);
            return default;
        }
    }

    [LoggerMessage(2610, LogLevel.Warning, "The origin of {Region} could not be asked: {Reason}")]
    private partial void LogUnreachable(string region, string reason);

    [LoggerMessage(2611, LogLevel.Warning, "The origin of {Region} is not among Origin:Peers, so it could not be asked.")]
    private partial void LogNotConfigured(string region);
}

/// <summary>An answer of another region.</summary>
/// <param name="IsKnown">Whether the region answered.</param>
/// <param name="Value">What it answered; null when it has no such thing.</param>
internal readonly record struct PeerAnswer<T>(bool IsKnown, T? Value)
    where T : class;
