using System.Collections.Concurrent;
using EdgeCache.Shared.S3;
using EdgeCache.Shared.SigV4;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace EdgeCache.Shared.Tests.SigV4;

/// <summary>A real server that does nothing but verify: 200 and a record of the body when the signature agrees, S3's error otherwise.</summary>
internal sealed class VerifyingServer : IAsyncDisposable
{
    public const string AccessKeyId = "AKIDVERIFY";

    public const string SecretKey = "secret/of+the=test";

    private readonly WebApplication _application;

    private VerifyingServer(WebApplication application) => _application = application;

    public string Url { get; private set; } = string.Empty;

    /// <summary>The requests that verified, in order.</summary>
    public ConcurrentQueue<(PayloadKind Kind, byte[] Body, IReadOnlyDictionary<string, string> Trailers)> Verified { get; } = new();

    /// <summary>What was refused, and why.</summary>
    public ConcurrentQueue<S3Error> Refused { get; } = new();

    public static async Task<VerifyingServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var application = builder.Build();
        var server = new VerifyingServer(application);
        application.Run(server.HandleAsync);
        await application.StartAsync(TestContext.Current.CancellationToken);
        server.Url = application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return server;
    }

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private async Task HandleAsync(HttpContext context)
    {
        try
        {
            await VerifyAsync(context);
            context.Response.Headers.ETag = "\"0\"";
        }
        catch (S3Exception refused)
        {
            Refused.Enqueue(refused.Error);
            context.Response.StatusCode = refused.Error.Status;
        }
    }

    private async Task VerifyAsync(HttpContext context)
    {
        var request = Request(context);
        ThrowIf(SigV4Parser.TryParse(request, out var claim));
        if (claim is not { AccessKeyId: AccessKeyId })
        {
            throw new S3Exception(S3ErrorCode.InvalidAccessKeyId);
        }

        var key = SigningKey.Derive(SecretKey, claim.Scope);
        ThrowIf(SigV4Verifier.Verify(request, claim, key, TimeProvider.System.GetUtcNow()));
        var body = new MemoryStream();
        var stream = claim.PayloadKind switch
        {
            PayloadKind.Unsigned => context.Request.Body,
            PayloadKind.Hash => new PayloadHashStream(context.Request.Body, claim.PayloadHash),
            PayloadKind.StreamingSigned or PayloadKind.StreamingSignedTrailer or PayloadKind.StreamingUnsignedTrailer => new AwsChunkedStream(
                context.Request.Body, claim, key,
                long.TryParse(context.Request.Headers["x-amz-decoded-content-length"], out var length) ? length : -1,
                context.Request.Headers["x-amz-trailer"]),
        };
        await stream.CopyToAsync(body, context.RequestAborted);
        Verified.Enqueue((claim.PayloadKind, body.ToArray(), (stream as AwsChunkedStream)?.Trailers ?? new Dictionary<string, string>()));
    }

    private static TestRequest Request(HttpContext context)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.Split('?', 2);
        var request = new TestRequest { Method = context.Request.Method, RawPath = target[0], RawQuery = target.Length > 1 ? target[1] : string.Empty };
        foreach (var (name, values) in context.Request.Headers)
        {
            request.With(name, string.Join(',', values.ToArray()));
        }

        return request;
    }

    private static void ThrowIf(S3Error? error)
    {
        if (error is not null)
        {
            throw new S3Exception(error);
        }
    }
}
