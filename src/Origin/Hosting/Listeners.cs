using System.Net;
using EdgeCache.Shared.Processes;

namespace EdgeCache.Origin.Hosting;

/// <summary>The listeners that the options ask for.</summary>
internal sealed class Listeners
{
    public Listeners(OriginOptions options)
    {
        S3 = new Listener(ListenerKind.S3, Parse(options.S3Url));
        Admin = new Listener(ListenerKind.Admin, Parse(options.AdminUrl));
        ControlPlane = options.HostsControlPlane ? new Listener(ListenerKind.ControlPlane, Parse(options.ControlPlaneUrl!)) : null;
    }

    public Listener S3 { get; }

    public Listener Admin { get; }

    public Listener? ControlPlane { get; }

    public IEnumerable<Listener> All => ControlPlane is null ? [S3, Admin] : [S3, Admin, ControlPlane];

    private static IPEndPoint Parse(string url) =>
        ListenUrl.TryParse(url, out var endPoint) ? endPoint : throw new FormatException($"'{url}' was validated before.");
}
