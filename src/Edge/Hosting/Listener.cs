using System.Net;
using EdgeCache.Shared.Processes;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace EdgeCache.Edge.Hosting;

/// <summary>The audience of a listener; each has a branch of its own and sees nothing of the other.</summary>
internal enum ListenerKind
{
    /// <summary>S3 clients.</summary>
    S3,

    /// <summary>Operators.</summary>
    Admin,

    /// <summary>Other edges of the datacenter.</summary>
    Peer,
}

/// <summary>One of the server's listeners. Its kind travels with each connection as a feature, so that routing needs no port numbers.</summary>
internal sealed class Listener(ListenerKind kind, IPEndPoint requested, ServerCertificate? certificate = null)
{
    private ListenOptions? _options;

    public ListenerKind Kind => kind;

    /// <summary>The bound URL; valid once the server has started.</summary>
    public Uri Bound => ListenUrl.ToUri(_options!.IPEndPoint!, tls: certificate is not null);

    public void Register(KestrelServerOptions kestrel) => kestrel.Listen(requested, options =>
    {
        options.Protocols = HttpProtocols.Http1;
        certificate?.Apply(options);
        options.Use(next => connection =>
        {
            connection.Features.Set(this);
            return next(connection);
        });
        _options = options;
    });

    public static ListenerKind KindOf(HttpContext context) =>
        context.Features.Get<Listener>()?.Kind ?? throw new InvalidOperationException("The connection came through no listener of this server.");
}
