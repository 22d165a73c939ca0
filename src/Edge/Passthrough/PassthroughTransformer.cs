using System.Diagnostics;
using System.Globalization;
using EdgeCache.Edge.Pipeline;
using EdgeCache.Edge.Responding;
using EdgeCache.Edge.Upstream;
using EdgeCache.Shared.Iam;
using EdgeCache.Shared.Replication;
using Yarp.ReverseProxy.Forwarder;

namespace EdgeCache.Edge.Passthrough;

/// <summary>
/// Passes one request on so that the client's signature stays good: host, path, query and every signed header byte for byte as they came. Adds
/// what the edge vouches for, and keeps what only tiers tell each other from clients, in both directions.
/// </summary>
internal sealed class PassthroughTransformer(
    EdgeRequest request,
    Region region,
    string edgeName,
    EdgeForwarding forwarding,
    string? copySource,
    WriteEffects effects,
    CacheReport report,
    TimeProvider time) : HttpTransformer
{
    private static readonly UriCreationOptions RawUri = new() { DangerousDisablePathAndQueryCanonicalization = true };

    /// <summary>
    /// Larger bodies, and those whose client waits, are sent only once the origin has accepted the head: an origin that refuses closes the connection,
    /// and its answer would be lost behind a failed upload. Smaller ones it reads and drops, which saves a round trip.
    /// </summary>
    private const long MaxEagerBody = 64 * 1024;

    /// <summary>
    /// HttpClient sends bodies of a known length up to this one (its <c>Expect100ErrorSendThreshold</c>) even after a refusal, to save the
    /// connection, and so the client would be told to continue. Those of unknown length it keeps back.
    /// </summary>
    private const long MaxBodySentAfterRefusal = 1024;

    /// <summary>Set by this server before the answer is known; the origin's own take their place.</summary>
    private static readonly string[] OriginsOwn = ["x-amz-request-id", "x-amz-id-2", "Server", "Date"];

    /// <summary>Whether the head of the origin's answer came.</summary>
    public bool IsAnswered { get; private set; }

    public override async ValueTask TransformRequestAsync(
        HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
    {
        await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
        var signed = request.Signed;
        var target = TargetOf(request);
        proxyRequest.RequestUri = new Uri(region.S3Url.GetLeftPart(UriPartial.Authority) + target, RawUri);
        proxyRequest.Headers.Host = httpContext.Request.Host.Value;
        KeepTracing(httpContext.Request.Headers, proxyRequest);
        foreach (var name in httpContext.Request.Headers.Keys.Where(IsInternal))
        {
            proxyRequest.Headers.Remove(name);
        }

        // Any other expectation is none that HTTP knows; beside ours it would make one that no server answers.
        var clientWaits = httpContext.Request.Headers.Expect.ToString().Equals("100-continue", StringComparison.OrdinalIgnoreCase);
        if (!clientWaits)
        {
            proxyRequest.Headers.Remove("Expect");
        }

        if (proxyRequest.Content is { } content && httpContext.Request.ContentLength != 0 &&
            (clientWaits || httpContext.Request.ContentLength is null or > MaxEagerBody))
        {
            proxyRequest.Headers.ExpectContinue = true;
            if (httpContext.Request.ContentLength is <= MaxBodySentAfterRefusal and var length)
            {
                content.Headers.ContentLength = null;
                proxyRequest.Headers.TransferEncodingChunked = true;
                proxyRequest.Headers.TryAddWithoutValidation(EdgeForwarding.LengthHeader, length.ToString(CultureInfo.InvariantCulture));
            }
        }

        proxyRequest.Headers.TryAddWithoutValidation(EdgeForwarding.Header, forwarding.Sign(
            new EdgeHop(edgeName, httpContext.Connection.RemoteIpAddress, httpContext.Request.IsHttps), time.GetUtcNow(), signed.Method, target));
        proxyRequest.Headers.TryAddWithoutValidation(EdgeForwarding.RequestIdHeader, request.Id);
        if (copySource is not null)
        {
            proxyRequest.Headers.TryAddWithoutValidation(CopySourceStatement.Header, copySource);
        }
    }

    /// <summary>The request target that the origin sees.</summary>
    public static string TargetOf(EdgeRequest request) =>
        request.Signed.RawQuery.Length == 0 ? request.Signed.RawPath : $"{request.Signed.RawPath}?{request.Signed.RawQuery}";

    public override async ValueTask<bool> TransformResponseAsync(
        HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
    {
        if (proxyResponse is null)
        {
            return await base.TransformResponseAsync(httpContext, proxyResponse, cancellationToken);
        }

        IsAnswered = true;
        await effects.ApplyAsync(request, region, proxyResponse, cancellationToken);
        var headers = httpContext.Response.Headers;
        foreach (var name in OriginsOwn)
        {
            if (proxyResponse.Headers.NonValidated.Contains(name))
            {
                headers.Remove(name);
            }
        }

        var copies = await base.TransformResponseAsync(httpContext, proxyResponse, cancellationToken);
        foreach (var name in headers.Keys.Where(IsInternal).ToArray())
        {
            headers.Remove(name);
        }

        if (!proxyResponse.IsSuccessStatusCode)
        {
            request.CloseIfBodyIsAwaited();
        }

        report.Write(request);
        request.FirstByteAt = time.GetTimestamp();
        return copies;
    }

    /// <summary>The forwarder leaves tracing headers to the client's handler; but a client may have signed its own.</summary>
    private static void KeepTracing(IHeaderDictionary headers, HttpRequestMessage proxyRequest)
    {
        foreach (var name in DistributedContextPropagator.Current.Fields)
        {
            if (headers.TryGetValue(name, out var values) && !proxyRequest.Headers.NonValidated.Contains(name))
            {
                proxyRequest.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
            }
        }
    }

    private static bool IsInternal(string name) => name.StartsWith(EdgeCredential.InternalHeaderPrefix, StringComparison.OrdinalIgnoreCase);
}
