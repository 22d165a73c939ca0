using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace EdgeCache.Origin.Identity.Federation.Saml;

/// <summary>A certificate of an identity provider, fit to verify signatures: RSA of 2048 bits or more, or a NIST curve of 256 bits or more.</summary>
internal sealed class SigningCertificate : IDisposable
{
    /// <summary>How many certificates one configuration may have.</summary>
    public const int MaxPerConfiguration = 8;

    private const int MinRsaBits = 2048;
    private const int MinCurveBits = 256;

    private readonly X509Certificate2 _certificate;

    private SigningCertificate(X509Certificate2 certificate, AsymmetricAlgorithm key)
    {
        (_certificate, Key) = (certificate, key);
        KeyFingerprint = Convert.ToHexStringLower(SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo()));
    }

    public AsymmetricAlgorithm Key { get; }

    /// <summary>SHA-256 of the public key in lower-case hex: the same for all certificates of one key.</summary>
    public string KeyFingerprint { get; }

    public DateTimeOffset NotBefore => _certificate.NotBefore.ToUniversalTime();

    public DateTimeOffset NotAfter => _certificate.NotAfter.ToUniversalTime();

    public string Subject => _certificate.Subject;

    /// <summary>Reads one or several certificates in PEM; null, with the reason, when that is not what the text has.</summary>
    public static ImmutableArray<SigningCertificate>? TryReadPem(string pem, out string? reason)
    {
        var found = new List<SigningCertificate>();
        reason = null;
        for (ReadOnlySpan<char> rest = pem; PemEncoding.TryFind(rest, out var fields); rest = rest[fields.Location.End..])
        {
            if (rest[fields.Label] is not "CERTIFICATE")
            {
                reason = "A certificate in PEM is needed; never send a private key.";
            }
            else if (TryReadDer(Convert.FromBase64String(rest[fields.Base64Data].ToString()), out reason) is { } certificate)
            {
                found.Add(certificate);
            }

            if (reason is not null || found.Count > MaxPerConfiguration)
            {
                found.ForEach(static c => c.Dispose());
                reason ??= $"At most {MaxPerConfiguration} certificates fit.";
                return null;
            }
        }

        reason = found.Count == 0 ? "There is no certificate in PEM." : null;
        return found.Count == 0 ? null : [.. found];
    }

    /// <summary>Reads a certificate in DER; null, with the reason, when it is none or its key is unfit.</summary>
    public static SigningCertificate? TryReadDer(ReadOnlySpan<byte> der, out string? reason)
    {
        X509Certificate2 certificate;
        try
        {
            certificate = X509CertificateLoader.LoadCertificate(der);
        }
        catch (CryptographicException)
        {
            reason = "The certificate can't be read.";
            return null;
        }

        AsymmetricAlgorithm? key = certificate.GetRSAPublicKey() is { } rsa ? rsa : certificate.GetECDsaPublicKey();
        if (key is RSA { KeySize: >= MinRsaBits } or ECDsa { KeySize: >= MinCurveBits })
        {
            reason = null;
            return new SigningCertificate(certificate, key);
        }

        key?.Dispose();
        certificate.Dispose();
        reason = $"The certificate's key must be RSA of at least {MinRsaBits} bits or EC of at least {MinCurveBits}.";
        return null;
    }

    public string ToPem() => _certificate.ExportCertificatePem();

    /// <summary>What an administrator should know of the certificate's dates; null when there is nothing.</summary>
    public string? Warn(DateTimeOffset now)
    {
        if (now >= NotAfter)
        {
            return $"The certificate {Subject} expired at {NotAfter:u}. Signatures by its key are still accepted: remove it once the provider uses another.";
        }

        return now < NotBefore ? $"The certificate {Subject} is valid only from {NotBefore:u}. Signatures by its key are accepted already." : null;
    }

    public void Dispose()
    {
        Key.Dispose();
        _certificate.Dispose();
    }
}
