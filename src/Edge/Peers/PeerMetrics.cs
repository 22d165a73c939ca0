using System.Diagnostics.Metrics;
using EdgeCache.Edge.Pipeline;

namespace EdgeCache.Edge.Peers;

/// <summary>How a peer answered.</summary>
internal enum PeerOutcome
{
    /// <summary>With bytes.</summary>
    Open,

    /// <summary>The region told it that the version is gone.</summary>
    VersionGone,

    /// <summary>It is alive but has no bytes for us: its region can't be reached from there, or it has too much to do.</summary>
    Unavailable,

    /// <summary>It refuses us, or can't prove who it is.</summary>
    Refused,

    /// <summary>It did not answer in time, or not sensibly.</summary>
    Dead,
}

/// <summary>The instruments of the edges' talk among each other.</summary>
internal sealed class PeerMetrics
{
    private readonly Counter<long> _requests;
    private readonly Counter<long> _bytes;
    private readonly Counter<long> _served;
    private readonly Counter<long> _servedBytes;
    private readonly Counter<long> _copies;

    public PeerMetrics(IMeterFactory factory, PeerSet peers)
    {
        var meter = factory.Create(EdgeMetrics.MeterName);
        _requests = meter.CreateCounter<long>("edgecache.edge.peers.requests", "{request}", "Ranges asked of peers, by peer and outcome.");
        _bytes = meter.CreateCounter<long>("edgecache.edge.peers.bytes", "By", "Bytes fetched from peers.");
        _served = meter.CreateCounter<long>("edgecache.edge.peers.served", "{request}", "Requests of peers, by how they ended.");
        _servedBytes = meter.CreateCounter<long>("edgecache.edge.peers.served_bytes", "By", "Bytes sent to peers.");
        _copies = meter.CreateCounter<long>("edgecache.edge.peers.copies", "{chunk}", "Chunks that came from peers, by whether a copy was kept.");
        meter.CreateObservableGauge("edgecache.edge.peers.alive", () => peers.Alive, "{peer}", "Peers that can be asked.");
        meter.CreateObservableGauge("edgecache.edge.peers.known", () => peers.All.Length, "{peer}", "Peers that are listed, or told their names at an address of the DNS name.");
    }

    public void Asked(Peer peer, PeerOutcome outcome) => _requests.Add(1, new("peer", peer.Name), new("outcome", Name(outcome)));

    public void Received(Peer peer, int count) => _bytes.Add(count, new KeyValuePair<string, object?>("peer", peer.Name));

    /// <summary>A request of a peer ended: <c>whole</c>, <c>fault</c>, <c>left</c> or <c>refused</c>.</summary>
    public void Served(string how, long bytes)
    {
        _served.Add(1, new KeyValuePair<string, object?>("end", how));
        _servedBytes.Add(bytes);
    }

    /// <summary>A chunk came from a peer.</summary>
    public void Copied(bool kept) => _copies.Add(1, new KeyValuePair<string, object?>("kept", kept ? "yes" : "no"));

    private static string Name(PeerOutcome outcome) => outcome switch
    {
        PeerOutcome.Open => "open",
        PeerOutcome.VersionGone => "version_gone",
        PeerOutcome.Unavailable => "unavailable",
        PeerOutcome.Refused => "refused",
        PeerOutcome.Dead => "dead",
    };
}
