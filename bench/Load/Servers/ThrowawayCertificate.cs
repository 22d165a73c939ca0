using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace EdgeCache.Load.Servers;

/// <summary>A certificate for loopback that only this run knows, the same for all servers: PEM files, with a P-256 key.</summary>
/// <param name="Certificate">The certificate's file.</param>
/// <param name="Key">The private key's file.</param>
internal sealed record ThrowawayCertificate(string Certificate, string Key)
{
    public const string Subject = "CN=localhost";

    public static async Task<ThrowawayCertificate> MakeAsync(string directory, CancellationToken cancellation)
    {
        Directory.CreateDirectory(directory);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(Subject, key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddHours(-1), now.AddDays(7));
        var files = new ThrowawayCertificate(Path.Combine(directory, "cert.pem"), Path.Combine(directory, "key.pem"));
        await File.WriteAllTextAsync(files.Certificate, certificate.ExportCertificatePem(), cancellation);
        await File.WriteAllTextAsync(files.Key, key.ExportPkcs8PrivateKeyPem(), cancellation);
        return files;
    }
}
