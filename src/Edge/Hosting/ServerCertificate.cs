using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EdgeCache.Shared.Processes;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace EdgeCache.Edge.Hosting;

/// <summary>What a TLS listener proves itself with: a certificate with its key, and those between it and a root.</summary>
internal sealed class ServerCertificate
{
    private readonly X509Certificate2 _certificate;
    private readonly X509Certificate2Collection _chain;

    private ServerCertificate(X509Certificate2 certificate, X509Certificate2Collection chain) => (_certificate, _chain) = (certificate, chain);

    /// <summary>Reads both PEM files.</summary>
    /// <exception cref="StartupException">A file can't be read, is not what it should be, or the key is not the certificate's.</exception>
    public static ServerCertificate Load(string certificate, string key)
    {
        try
        {
            var chain = new X509Certificate2Collection();
            chain.ImportFromPemFile(certificate);
            return new ServerCertificate(X509Certificate2.CreateFromPemFile(certificate, key), chain);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new StartupException($"cannot use TlsCertificate '{certificate}' with TlsKey '{key}': {e.Message}", e);
        }
    }

    /// <summary>Has a listener speak TLS 1.2 or 1.3.</summary>
    public void Apply(ListenOptions options) => options.UseHttps(https =>
    {
        https.ServerCertificate = _certificate;
        https.ServerCertificateChain = _chain;
        https.SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13;
    });
}
