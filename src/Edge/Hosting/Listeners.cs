using EdgeCache.Shared.Processes;

namespace EdgeCache.Edge.Hosting;

/// <summary>The listeners that the options ask for.</summary>
internal sealed class Listeners
{
    public Listeners(EdgeOptions options)
    {
        S3 = Parse(ListenerKind.S3, options.S3Url);
        Admin = Parse(ListenerKind.Admin, options.AdminUrl);
        Peer = options.PeerUrl.Length == 0 ? null : Parse(ListenerKind.Peer, options.PeerUrl);
    }

    public Listener S3 { get; }

    public Listener Admin { get; }

    /// <summary>For other edges; null when there is to be none.</summary>
    public Listener? Peer { get; }

    public IEnumerable<Listener> All => Peer is null ? [S3, Admin] : [S3, Admin, Peer];

    private static Listener Parse(ListenerKind kind, string url) =>
        ListenUrl.TryParse(url, out var endPoint) ? new Listener(kind, endPoint) : throw new FormatException($"'{url}' was validated before.");
}
