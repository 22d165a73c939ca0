using System.Net;
using System.Net.Sockets;

namespace EdgeCache.Edge.Peers;

/// <summary>Where another edge listens.</summary>
/// <param name="Name">Its name; null when that is still to be found out.</param>
/// <param name="Url">Its internal listener.</param>
internal sealed record PeerAddress(string? Name, Uri Url);

/// <summary>Finds the addresses of the edges of a datacenter: a list, or what a DNS name stands for, asked anew every <see cref="PeerTimes.Resolution"/>.</summary>
/// <param name="listed">The list; used when there is no DNS name.</param>
/// <param name="dns">The DNS name and port; null: the list.</param>
/// <param name="resolve">Asks the DNS.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Takes what happens.</param>
internal sealed class PeerDiscovery(
    IReadOnlyList<PeerAddress> listed, DnsEndPoint? dns, Func<string, CancellationToken, Task<IPAddress[]>> resolve, TimeProvider time, ILogger<PeerDiscovery> logger)
{
    private IReadOnlyList<PeerAddress> _addresses = dns is null ? listed : [];
    private long? _resolvedAt;

    /// <summary>The list in place of what is configured; for tests, which know the ports only once all edges run.</summary>
    public void Set(IReadOnlyList<PeerAddress> addresses) => Volatile.Write(ref _addresses, addresses);

    /// <summary>All addresses, this edge's own among them. When the name can't be resolved they stay as they were.</summary>
    public async Task<IReadOnlyList<PeerAddress>> FindAsync(CancellationToken cancellationToken)
    {
        if (dns is null || (_resolvedAt is { } at && time.GetElapsedTime(at) < PeerTimes.Resolution))
        {
            return Volatile.Read(ref _addresses);
        }

        _resolvedAt = time.GetTimestamp();
        using var timeout = new CancellationTokenSource(PeerTimes.ResolutionTimeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            var found = await resolve(dns.Host, linked.Token);
            _addresses = [.. found.Take(PeerSet.MaxPeers + 1).Select(a => new PeerAddress(null, new UriBuilder(Uri.UriSchemeHttp, a.ToString(), dns.Port).Uri))];
        }
        catch (Exception e) when (e is SocketException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            PeerLog.Unresolved(logger, dns.Host, e.Message);
        }

        return _addresses;
    }
}
