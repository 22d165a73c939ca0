using System.Collections.Concurrent;
using EdgeCache.Edge.Peers;
using EdgeCache.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace EdgeCache.Edge.Tests.Peers;

/// <summary>A peer whose every answer the test writes; it proves that it belongs to the deployment, unless it has another secret.</summary>
internal sealed class ScriptedPeer(string name, string secret, int seed) : IAsyncDisposable
{
    private readonly PeerAuthentication _authentication = new(secret);
    private FakeServer _server = null!;

    public PeerAddress Address => new(name, _server.Url);

    /// <summary>What was asked for.</summary>
    public ConcurrentQueue<PeerRequest> Requests { get; } = new();

    /// <summary>Answers a request for bytes, once the proof is written; by default with all of them.</summary>
    public Func<HttpContext, PeerRequest, Task>? OnChunk { get; set; }

    public static async Task<ScriptedPeer> StartAsync(string name, int seed, string secret = EdgeCluster.Secret)
    {
        var peer = new ScriptedPeer(name, secret, seed);
        peer._server = await FakeServer.StartAsync(peer.HandleAsync);
        return peer;
    }

    /// <summary>Sends a range in frames.</summary>
    public async Task SendAsync(HttpContext context, long offset, int count, bool damaged = false)
    {
        for (var end = offset + count; offset < end;)
        {
            var payload = ByteStreams.Content(seed, offset, (int)Math.Min(PeerFrame.MaxPayload, end - offset));
            var header = new byte[PeerFrame.HeaderSize];
            PeerFrame.Of(payload).Write(header);
            if (damaged)
            {
                payload[0] ^= 1;
            }

            await context.Response.Body.WriteAsync(header);
            await context.Response.Body.WriteAsync(payload);
            await context.Response.Body.FlushAsync();
            offset += payload.Length;
        }
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task HandleAsync(HttpContext context)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var authorization = context.Request.Headers.Authorization.ToString();
        context.Response.Headers[PeerAuthentication.ProofHeader] = _authentication.Prove(authorization, name);
        if (target == PeerRequest.HelloPath)
        {
            await context.Response.WriteAsync(name);
            return;
        }

        Assert.True(PeerRequest.TryParse(target[(target.IndexOf('?') + 1)..], out var request));
        Requests.Enqueue(request);
        await (OnChunk is { } answer ? answer(context, request) : SendAsync(context, request.Offset, request.Length));
    }
}
