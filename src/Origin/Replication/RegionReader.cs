using System.Collections.Immutable;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using EdgeCache.Origin.Catalog;
using EdgeCache.Origin.Hosting;
using EdgeCache.Shared.Http;
using EdgeCache.Shared.Iam;
using EdgeCache.Shared.Replication;
using EdgeCache.Shared.S3;
using EdgeCache.Shared.SigV4;

namespace EdgeCache.Origin.Replication;

/// <summary>
/// Reads objects of other regions for copies, by S3 GETs in the caller's name (<see cref="DelegatedRead"/>). Whatever goes wrong on the way is
/// ServiceUnavailable, in bounded time.
/// </summary>
internal sealed partial class RegionReader : IDisposable
{
    /// <summary>How long an answer may take to begin, a free connection included.</summary>
    public static readonly TimeSpan HeadTimeout = TimeSpan.FromSeconds(10);

    /// <summary>The most copies at a time from one region.</summary>
    public const int MaxConnections = 64;

    /// <summary>The longest document read, in bytes: ten tags at their longest, and any error.</summary>
    private const int MaxDocumentBytes = 64 * 1024;

    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(2);
    private static readonly UriCreationOptions RawUri = new() { DangerousDisablePathAndQueryCanonicalization = true };

    private readonly HttpClient _http;
    private readonly SigV4Signer _signer;
    private readonly EdgeForwarding _forwarding;
    private readonly TimeProvider _time;
    private readonly ILogger<RegionReader> _logger;

    public RegionReader(OriginOptions options, TimeProvider time, ILogger<RegionReader> logger)
    {
        (_time, _logger) = (time, logger);
        var credential = EdgeCredential.FromClusterSecret(options.ClusterSecret);
        _signer = new SigV4Signer(credential.AccessKeyId, credential.SecretKey, options.Region, time);
        _forwarding = new EdgeForwarding(options.ClusterSecret);
        _http = new HttpClient(new SocketsHttpHandler
        {
            MaxConnectionsPerServer = MaxConnections,
            ConnectTimeout = ConnectTimeout,
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            ActivityHeadersPropagator = null,
            RequestHeaderEncodingSelector = static (_, _) => Encoding.UTF8,
            ResponseHeaderEncodingSelector = static (_, _) => HeaderText.Instance,
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    /// <summary>Opens the object: the source region's refusal, or ServiceUnavailable.</summary>
    public async Task<Outcome<ForeignObject>> OpenAsync(ForeignRead read, CancellationToken cancellationToken)
    {
        HttpResponseMessage? response = null;
        try
        {
            var sent = await SendAsync(read, tags: false, cancellationToken);
            if (!sent.Succeeded)
            {
                return sent.Error;
            }

            response = sent.Value;
            var length = response.Content.Headers.ContentLength;
            if (length is null)
            {
                return ForeignRefusal.Unreachable;
            }

            var body = new ForeignBody(await response.Content.ReadAsStreamAsync(cancellationToken));
            var opened = new ForeignObject(response, ForeignHeaders.Read(read.Name, response, length.Value), length.Value, body);
            response = null;
            return opened;
        }
        finally
        {
            response?.Dispose();
        }
    }

    /// <summary>The object's tags, which its region may refuse apart.</summary>
    public async Task<Outcome<ImmutableSortedDictionary<string, string>>> FindTagsAsync(ForeignRead read, CancellationToken cancellationToken)
    {
        var sent = await SendAsync(read with { Headers = [] }, tags: true, cancellationToken);
        if (!sent.Succeeded)
        {
            return sent.Error;
        }

        using var response = sent.Value;
        try
        {
            var document = await ReadDocumentAsync(response, cancellationToken);
            return document is null
                ? ForeignRefusal.Unreachable
                : document.Descendants().Where(static e => e.Name.LocalName == "Tag").ToImmutableSortedDictionary(
                    static t => Child(t, "Key"), static t => Child(t, "Value"), StringComparer.Ordinal);
        }
        catch (Exception e) when (e is XmlException or ArgumentException)
        {
            return ForeignRefusal.Unreachable;
        }
    }

    public void Dispose() => _http.Dispose();

    /// <summary>The document of an answer; null when it is too long or does not arrive.</summary>
    /// <exception cref="XmlException">It is not well-formed.</exception>
    public static async Task<XElement?> ReadDocumentAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            await using var body = new ForeignBody(await response.Content.ReadAsStreamAsync(cancellationToken));
            var document = new byte[MaxDocumentBytes];
            var length = await body.ReadAtLeastAsync(document, document.Length, throwOnEndOfStream: false, cancellationToken);
            return length == document.Length ? null : XElement.Load(new MemoryStream(document, 0, length, writable: false));
        }
        catch (S3Exception)
        {
            return null;
        }
    }

    private static string Child(XElement element, string name) => element.Elements().FirstOrDefault(e => e.Name.LocalName == name)?.Value ?? string.Empty;

    /// <summary>A successful answer whose head has come.</summary>
    private async Task<Outcome<HttpResponseMessage>> SendAsync(ForeignRead read, bool tags, CancellationToken cancellationToken)
    {
        using var request = Compose(read, read.Target(tags));
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(HeadTimeout);
        try
        {
            var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            if (response.IsSuccessStatusCode)
            {
                return response;
            }

            using (response)
            {
                var refusal = await ForeignRefusal.ReadAsync(response, read.Name, cancellationToken);
                if (ReferenceEquals(refusal, ForeignRefusal.Unreachable))
                {
                    LogRefused(read.Place.Region, (int)response.StatusCode);
                }

                return refusal;
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            LogUnreachable(read.Place.Region, e.Message);
            return ForeignRefusal.Unreachable;
        }
    }

    private HttpRequestMessage Compose(ForeignRead read, string target)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri(read.Place.S3Url.GetLeftPart(UriPartial.Authority) + target, RawUri));
        request.Headers.TryAddWithoutValidation(DelegatedRead.Header, DelegatedRead.Encode(read.Caller));
        request.Headers.TryAddWithoutValidation("x-amz-checksum-mode", "ENABLED");
        request.Headers.TryAddWithoutValidation(
            EdgeForwarding.Header, _forwarding.Sign(read.Via, _time.GetUtcNow(), request.Method.Method, target));
        foreach (var (name, value) in read.Headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        _signer.Sign(request);
        return request;
    }

    [LoggerMessage(2620, LogLevel.Warning, "Region {Region} answered a read for a copy with status {Status}.")]
    private partial void LogRefused(string region, int status);

    [LoggerMessage(2621, LogLevel.Warning, "Region {Region} could not be read for a copy: {Reason}")]
    private partial void LogUnreachable(string region, string reason);
}
