using EdgeCache.Edge.Authentication;
using EdgeCache.Shared.Iam;
using EdgeCache.Shared.S3;

namespace EdgeCache.Edge.Pipeline;

/// <summary>What is known of one request while it runs, for its answer's headers, the metrics and the log. Written by the pipeline alone.</summary>
internal sealed class EdgeRequest(HttpContext http, string id, long startedAt)
{
    private HttpSignedRequest? _signed;

    public HttpContext Http => http;

    /// <summary>The value of x-amz-request-id.</summary>
    public string Id => id;

    /// <summary>The timestamp of the start.</summary>
    public long StartedAt => startedAt;

    /// <summary>The request as signatures see it.</summary>
    public HttpSignedRequest Signed => _signed ??= new HttpSignedRequest(http);

    /// <summary>A hash of the client's address: the cache tells readers apart, so that one that reads a chunk in ranges wants it once.</summary>
    public byte Reader => (byte)(http.Connection.RemoteIpAddress?.GetHashCode() ?? 0);

    /// <summary>The parsed request; null until it is.</summary>
    public S3Request? S3 { get; set; }

    public RequestPhase Phase { get; set; }

    public CacheOutcome Outcome { get; set; }

    /// <summary>Why the cache alone did not do.</summary>
    public CacheReason Reason { get; set; }

    /// <summary>For how long what the answer says has not been known to be current; null when it is, as far as anyone could know.</summary>
    public TimeSpan? Staleness { get; set; }

    /// <summary>The region that the request concerns; null when it is not known.</summary>
    public string? Region { get; set; }

    /// <summary>The organization that owns the bucket; null when it is not known.</summary>
    public string? Owner { get; set; }

    /// <summary>The timestamp of the first byte of the answer; null when there was none.</summary>
    public long? FirstByteAt { get; set; }

    /// <summary>The edge of the datacenter that the first bytes came from; null when they did not come from one.</summary>
    public string? Peer { get; set; }

    /// <summary>Body bytes that came from the store.</summary>
    public long StoredBytes { get; set; }

    /// <summary>Body bytes that came from fills.</summary>
    public long FilledBytes { get; set; }

    /// <summary>The action that was decided; null when the edge decided nothing.</summary>
    public string? Action { get; private set; }

    /// <summary>What was decided about <see cref="Action"/>.</summary>
    public AccessDecision? Decision { get; private set; }

    /// <summary>Body bytes handed to the network, or about to be.</summary>
    public long BytesSent { get; set; }

    /// <summary>Who asks; null until it is proven, and for what is passed on.</summary>
    public AuthenticatedCaller? Caller { get; set; }

    /// <summary>How far it came on its way to the origin, which then records it.</summary>
    public Passage Passage { get; set; }

    /// <summary>Whether it was found out whether the request is recorded.</summary>
    public bool IsAuditKnown { get; set; }

    /// <summary>What is to be done before the answer is complete; false when it could not be. See <see cref="TryEnd"/>.</summary>
    public Func<bool>? Ending { get; set; }

    /// <summary>The error that was answered.</summary>
    public S3Error? Error { get; set; }

    /// <summary>
    /// Called by whoever is about to hand the last piece of the answer to the network, with all that is told of the request settled. False: the answer
    /// must not be completed.
    /// </summary>
    public bool TryEnd()
    {
        if (Ending is not { } ending)
        {
            return true;
        }

        Ending = null;
        return ending();
    }

    /// <summary>Keeps a decision for the records.</summary>
    public void Decided(string action, AccessDecision decision) => (Action, Decision) = (action, decision);

    /// <summary>
    /// Ends the connection after the answer if the client may not have sent the body it announced: it waits for 100 Continue, and what it sends
    /// next would be taken for that body (RFC 9110, section 10.1.1).
    /// </summary>
    public void CloseIfBodyIsAwaited()
    {
        if (http.Request.Headers.Expect.Count > 0)
        {
            http.Response.Headers.Connection = "close";
        }
    }

    /// <summary>
    /// Ends the connection after the answer when the client waits for 100 Continue to send an empty body: the server never sends one for that, and
    /// botocore takes the connection for one whose next request was answered already, and waits a minute for what it did not send.
    /// </summary>
    public void CloseIfNothingIsExpected()
    {
        if (http.Request.ContentLength == 0 && http.Request.Headers.Expect.Count > 0)
        {
            http.Response.Headers.Connection = "close";
        }
    }

    /// <summary>Cancelled when the client is gone. The server takes a lock whenever it is asked for it.</summary>
    public CancellationToken Aborted { get; } = http.RequestAborted;
}
