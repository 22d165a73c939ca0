using System.Collections.Immutable;
using System.Security.Cryptography.Xml;
using System.Text;
using System.Xml;

namespace EdgeCache.Origin.Identity.Federation.Saml;

/// <summary>What an identity provider's metadata (saml-metadata-2.0-os) says of its name and its signing keys. Its own signature is not
/// verified: it is an administrator who hands it over.</summary>
/// <param name="EntityId">The provider's entity id.</param>
/// <param name="Certificates">Its signing certificates in PEM.</param>
internal sealed record IdpMetadata(string EntityId, ImmutableArray<string> Certificates)
{
    /// <summary>The largest document, in bytes.</summary>
    public const int MaxBytes = 64 * 1024;

    /// <summary>Reads the metadata of one provider; null, with the reason, when it is something else.</summary>
    public static IdpMetadata? TryRead(string xml, out string? reason)
    {
        var bytes = Encoding.UTF8.GetBytes(xml);
        if (bytes.Length > MaxBytes)
        {
            reason = $"The metadata is larger than {MaxBytes} bytes.";
            return null;
        }

        if (BoundedXml.TryRead(bytes, dropComments: true, out var document) is { } problem)
        {
            reason = problem.Message;
            return null;
        }

        var entity = document!.DocumentElement!;
        if (!entity.Is("EntityDescriptor", SamlNames.Metadata) || entity.Attribute("entityID") is not { Length: > 0 } entityId)
        {
            reason = "The metadata is no EntityDescriptor with an entityID.";
            return null;
        }

        var certificates = ImmutableArray.CreateBuilder<string>();
        foreach (var text in CertificatesOf(entity))
        {
            if (TryReadCertificate(text, out reason) is not { } pem)
            {
                return null;
            }

            certificates.Add(pem);
        }

        reason = certificates.Count == 0 ? "The metadata has no signing certificate of an IDPSSODescriptor." : null;
        return certificates.Count == 0 ? null : new IdpMetadata(entityId, certificates.ToImmutable());
    }

    private static IEnumerable<string> CertificatesOf(XmlElement entity) => entity
        .Elements("IDPSSODescriptor", SamlNames.Metadata)
        .SelectMany(static role => role.Elements("KeyDescriptor", SamlNames.Metadata))
        .Where(static key => key.Attribute("use") is null or "signing")
        .SelectMany(static key => key.Descendants().Where(static e => e.Is("X509Certificate", SignedXml.XmlDsigNamespaceUrl)))
        .Select(static e => e.TextOnly() ?? string.Empty)
        .Distinct(StringComparer.Ordinal);

    private static string? TryReadCertificate(string base64, out string? reason)
    {
        var der = new byte[base64.Length];
        if (!Convert.TryFromBase64String(base64, der, out var length))
        {
            reason = "A certificate of the metadata is not base64.";
            return null;
        }

        using var certificate = SigningCertificate.TryReadDer(der.AsSpan(0, length), out reason);
        return certificate?.ToPem();
    }
}
