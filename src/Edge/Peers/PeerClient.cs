using System.Net;
using EdgeCache.Edge.Upstream;

namespace EdgeCache.Edge.Peers;

/// <summary>Asks other edges for their names and for chunks. All failures are values, and end the peer's being alive where they are its own.</summary>
internal sealed class PeerClient(HttpClient http, string self, PeerAuthentication authentication, PeerMetrics metrics, TimeProvider time, ILogger<PeerClient> logger)
{
    private const int MaxNameLength = 32;

    private static readonly UriCreationOptions RawUri = new() { DangerousDisablePathAndQueryCanonicalization = true };

    /// <summary>Asks who is there.</summary>
    /// <returns>The edge's name; null when nobody answers in time who belongs to the deployment.</returns>
    public async Task<string?> HelloAsync(Uri url, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(PeerTimes.Head, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            using var request = Sign(url, PeerRequest.HelloPath, out var authorization);
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseContentRead, linked.Token);
            var name = await response.Content.ReadAsStringAsync(linked.Token);
            if (response.StatusCode == HttpStatusCode.OK && name.Length is > 0 and <= MaxNameLength && IsProven(response, authorization, name))
            {
                return name;
            }

            PeerLog.Stranger(logger, url);
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // Nobody there, which the caller tells of when it is news.
        }

        return null;
    }

    /// <summary>Asks a peer for a range, and waits until its first bytes come. Cancellation is the only exception.</summary>
    /// <param name="peer">Who is asked.</param>
    /// <param name="what">What for.</param>
    /// <param name="cancellationToken">Bounds the wait for the first bytes, and not for a sign of life, which has its own limits.</param>
    public async Task<RangeReply> OpenAsync(Peer peer, PeerRequest what, CancellationToken cancellationToken)
    {
        HttpResponseMessage? response = null;
        PeerBody? body = null;
        using var first = new CancellationTokenSource(PeerTimes.FirstBytes, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(first.Token, cancellationToken);
        try
        {
            using var request = Sign(peer.Url, what.ToTarget(), out var authorization);
            response = await SendAsync(request, linked.Token);
            if (response.StatusCode != HttpStatusCode.OK || !IsProven(response, authorization, peer.Name))
            {
                return Judge(peer, response.StatusCode);
            }

            body = new PeerBody(await response.Content.ReadAsStreamAsync(linked.Token), peer, Failed, time);
            var fault = await body.BeginAsync(linked.Token);
            if (fault != PeerFault.None)
            {
                return fault == PeerFault.VersionGone
                    ? Closed(peer, RangeOutcome.VersionGone, PeerOutcome.VersionGone)
                    : Closed(peer, RangeOutcome.Unreachable, PeerOutcome.Unavailable);
            }

            metrics.Asked(peer, PeerOutcome.Open);
            var reply = new RangeReply(RangeOutcome.Open, response, body, what.Length, peer);
            (response, body) = (null, null);
            return reply;
        }
        catch (OperationCanceledException) when (first.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return Closed(peer, RangeOutcome.Unreachable, PeerOutcome.Unavailable);
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            Failed(peer, "does not answer");
            return Closed(peer, RangeOutcome.Unreachable, PeerOutcome.Dead);
        }
        finally
        {
            body?.Dispose();
            response?.Dispose();
        }
    }

    /// <summary>A peer turned out not to be of use now.</summary>
    public void Failed(Peer peer, string what)
    {
        if (peer.Failed())
        {
            PeerLog.Dead(logger, peer.Name, peer.Url, what);
        }
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var head = new CancellationTokenSource(PeerTimes.Head, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(head.Token, cancellationToken);
        return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, linked.Token);
    }

    private RangeReply Judge(Peer peer, HttpStatusCode status)
    {
        // 400: it is of another release; 404: it does not know the region; 503: it serves too many at once. All are alive.
        var isAlive = status is HttpStatusCode.BadRequest or HttpStatusCode.NotFound or HttpStatusCode.ServiceUnavailable;
        if (!isAlive)
        {
            Failed(peer, $"refuses with {(int)status}, or can't prove that it belongs to the deployment");
        }

        return Closed(peer, RangeOutcome.Unreachable, isAlive ? PeerOutcome.Unavailable : PeerOutcome.Refused);
    }

    private RangeReply Closed(Peer peer, RangeOutcome outcome, PeerOutcome why)
    {
        metrics.Asked(peer, why);
        return new RangeReply(outcome, null, null, 0, peer);
    }

    private HttpRequestMessage Sign(Uri url, string target, out string authorization)
    {
        authorization = authentication.Sign(self, time.GetUtcNow(), HttpMethods.Get, target);
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri(url.GetLeftPart(UriPartial.Authority) + target, RawUri));
        request.Headers.TryAddWithoutValidation("Authorization", authorization);
        return request;
    }

    private bool IsProven(HttpResponseMessage response, string authorization, string name) =>
        response.Headers.TryGetValues(PeerAuthentication.ProofHeader, out var proofs) && authentication.IsProof(proofs.First(), authorization, name);
}
