using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace EdgeCache.Transport.Tests;

/// <summary>A server on a free port of this machine, over our transport or the server's own.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly WebApplication _application;

    private TestServer(WebApplication application, IPEndPoint endPoint) => (_application, EndPoint) = (application, endPoint);

    public IPEndPoint EndPoint { get; }

    /// <summary>Null over the server's own sockets.</summary>
    public TransportFactory? Transport => _application.Services.GetServices<IConnectionListenerFactory>().OfType<TransportFactory>().SingleOrDefault();

    public static async Task<TestServer> StartAsync(
        RequestDelegate serve, bool isOurs = true, bool isTls = false, HttpProtocols protocols = HttpProtocols.Http1, TransportOptions? options = null,
        TimeProvider? time = null, MinDataRate? minResponseRate = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        ListenOptions? listen = null;
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MinResponseDataRate = minResponseRate;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(new IPEndPoint(IPAddress.Loopback, 0), configured =>
            {
                listen = configured;
                configured.Protocols = protocols;
                if (isTls)
                {
                    configured.UseHttps(Certificate());
                }
            });
        });
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.Services.AddLogging();
        builder.Services.Configure<HostOptions>(static host => host.ShutdownTimeout = TimeSpan.FromSeconds(1));
        if (isOurs)
        {
            builder.Services.AddFileTransport(options ?? new TransportOptions(), time ?? TimeProvider.System);
        }

        var application = builder.Build();
        application.Run(serve);
        await application.StartAsync(TestContext.Current.CancellationToken);
        return new TestServer(application, listen!.IPEndPoint!);
    }

    public Uri Url(string path) => new($"http://{EndPoint}{path}");

    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync(CancellationToken.None);
        await _application.DisposeAsync();
    }

    private static X509Certificate2 Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        using var signed = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, new DateTimeOffset(2100, 1, 1, 0, 0, 0, TimeSpan.Zero));
        return X509CertificateLoader.LoadPkcs12(signed.Export(X509ContentType.Pfx), null);
    }
}
