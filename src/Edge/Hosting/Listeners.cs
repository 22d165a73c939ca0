using EdgeCache.Shared.Processes;

namespace EdgeCache.Edge.Hosting;

/// <summary>The listeners that the options ask for.</summary>
internal sealed class Listeners
{
    public Listeners(EdgeOptions options)
    {
        S3 = Parse(ListenerKind.S3, options.S3Url);
        Admin = Parse(ListenerKind.Admin, options.AdminUrl);
    }

    public Listener S3 { get; }

    public Listener Admin { get; }

    public IEnumerable<Listener> All => [S3, Admin];

    private static Listener Parse(ListenerKind kind, string url) =>
        ListenUrl.TryParse(url, out var endPoint) ? new Listener(kind, endPoint) : throw new FormatException($"'{url}' was validated before.");
}
