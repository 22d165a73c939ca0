using System.Net.Http.Headers;
using System.Text;
using EdgeCache.Edge.Hosting;
using EdgeCache.Shared.Http;

namespace EdgeCache.Edge.Upstream;

/// <summary>Makes the HTTP clients of an edge: every connection bounded in number, every connect and idle time bounded.</summary>
internal static class UpstreamHttp
{
    private static readonly TimeSpan IdleTimeout = TimeSpan.FromSeconds(60);

    /// <summary>A new connection now and then, so that a change of address is noticed.</summary>
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(10);

    /// <summary>How long an upload waits for an origin's 100 Continue before it sends its body regardless.</summary>
    private static readonly TimeSpan ContinueTimeout = TimeSpan.FromSeconds(10);

    /// <summary>The most connections to one admin listener: the feed's and those of coalesced questions.</summary>
    private const int MaxAdminConnections = 128;

    /// <summary>The longest answer of an edge that is asked for its name, in bytes.</summary>
    private const int MaxHelloBytes = 1024;

    /// <summary>Questions and feeds of the API between tiers.</summary>
    public static HttpClient CreateAdmin(Uri adminUrl, string clusterSecret, UpstreamOptions options)
    {
        var client = new HttpClient(Handler(options.ConnectTimeout, MaxAdminConnections))
        {
            BaseAddress = adminUrl, Timeout = Timeout.InfiniteTimeSpan, MaxResponseContentBufferSize = InternalApiClient.MaxReplyBytes,
        };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", clusterSecret);
        return client;
    }

    /// <summary>Bytes of objects.</summary>
    public static HttpClient CreateRanges(UpstreamOptions options) =>
        new(Handler(options.ConnectTimeout, options.MaxFillConnections)) { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>Bytes of objects, from other edges of the datacenter.</summary>
    public static HttpClient CreatePeers(TimeSpan connectTimeout, int maxConnections) =>
        new(Handler(connectTimeout, maxConnections)) { Timeout = Timeout.InfiniteTimeSpan, MaxResponseContentBufferSize = MaxHelloBytes };

    /// <summary>Requests that are passed on.</summary>
    public static HttpMessageInvoker CreatePassthrough(UpstreamOptions options) =>
        new(Handler(options.ConnectTimeout, options.MaxPassthroughConnections));

    private static SocketsHttpHandler Handler(TimeSpan connectTimeout, int maxConnections) => new()
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        UseCookies = false,
        AutomaticDecompression = System.Net.DecompressionMethods.None,
        ActivityHeadersPropagator = null,
        ConnectTimeout = connectTimeout,
        MaxConnectionsPerServer = maxConnections,
        PooledConnectionIdleTimeout = IdleTimeout,
        PooledConnectionLifetime = ConnectionLifetime,
        Expect100ContinueTimeout = ContinueTimeout,

        // A client's headers are read and passed on byte by byte; so are an origin's.
        RequestHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
        ResponseHeaderEncodingSelector = static (_, _) => HeaderText.Instance,
    };
}
