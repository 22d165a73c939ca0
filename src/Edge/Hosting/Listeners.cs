using EdgeCache.Shared.Processes;

namespace EdgeCache.Edge.Hosting;

/// <summary>The listeners that the options ask for.</summary>
internal sealed class Listeners
{
    public Listeners(EdgeOptions options)
    {
        S3 = Parse(ListenerKind.S3, options.S3Url);
        S3Tls = options.S3TlsUrl.Length == 0 ? null : ParseTls(options);
        Admin = Parse(ListenerKind.Admin, options.AdminUrl);
        Peer = options.PeerUrl.Length == 0 ? null : Parse(ListenerKind.Peer, options.PeerUrl);
    }

    public Listener S3 { get; }

    /// <summary>For S3 clients that use TLS; null when there is to be none.</summary>
    public Listener? S3Tls { get; }

    public Listener Admin { get; }

    /// <summary>For other edges; null when there is to be none.</summary>
    public Listener? Peer { get; }

    public IEnumerable<Listener> All => new[] { S3, S3Tls, Admin, Peer }.OfType<Listener>();

    private static Listener ParseTls(EdgeOptions options) => ListenUrl.TryParseTls(options.S3TlsUrl, out var endPoint)
        ? new Listener(ListenerKind.S3, endPoint, ServerCertificate.Load(options.TlsCertificate, options.TlsKey))
        : throw new FormatException($"'{options.S3TlsUrl}' was validated before.");

    private static Listener Parse(ListenerKind kind, string url) =>
        ListenUrl.TryParse(url, out var endPoint) ? new Listener(kind, endPoint) : throw new FormatException($"'{url}' was validated before.");
}
