using System.IO.Pipelines;
using System.Net;
using EdgeCache.Shared.Processes;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace EdgeCache.Origin.Hosting;

/// <summary>The audience of a listener; each has a branch of its own and sees nothing of the others.</summary>
internal enum ListenerKind
{
    /// <summary>S3 clients and edges reading bytes.</summary>
    S3,

    /// <summary>Operators and the other tiers.</summary>
    Admin,

    /// <summary>Users of the control plane's API.</summary>
    ControlPlane,
}

/// <summary>One of the server's listeners. Its kind travels with each connection as a feature, so that routing needs no port numbers.</summary>
internal sealed class Listener(ListenerKind kind, IPEndPoint requested)
{
    private ListenOptions? _options;

    public ListenerKind Kind => kind;

    public IPEndPoint Requested => requested;

    /// <summary>The bound URL; valid once the server has started.</summary>
    public Uri Bound => ListenUrl.ToUri(_options!.IPEndPoint!);

    public void Register(KestrelServerOptions kestrel) => kestrel.Listen(requested, options =>
    {
        options.Protocols = HttpProtocols.Http1;
        options.Use(next => connection =>
        {
            connection.Features.Set(this);
            if (kind == ListenerKind.S3)
            {
                var output = new RefusableOutput(connection.Transport.Output);
                connection.Features.Set(output);
                connection.Transport = new Duplex(connection.Transport.Input, output);
            }

            return next(connection);
        });
        _options = options;
    });

    public static ListenerKind KindOf(HttpContext context) =>
        context.Features.Get<Listener>()?.Kind ?? throw new InvalidOperationException("The connection came through no listener of this server.");

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
