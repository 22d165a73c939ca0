using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Security.Cryptography.Xml;

namespace EdgeCache.Origin.Identity.Federation.Saml;

/// <summary>The algorithms that a signature may use (RFC 9231, xmldsig-core1). Everything else is refused, SHA-1 above all.</summary>
internal static class SignatureMethods
{
    public const string EcdsaSha256 = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256";
    public const string EcdsaSha384 = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384";
    public const string EcdsaSha512 = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512";

    private static readonly FrozenSet<string> Rsa = FrozenSet.Create(
        StringComparer.Ordinal, SignedXml.XmlDsigRSASHA256Url, SignedXml.XmlDsigRSASHA384Url, SignedXml.XmlDsigRSASHA512Url);

    private static readonly FrozenSet<string> Ecdsa = FrozenSet.Create(StringComparer.Ordinal, EcdsaSha256, EcdsaSha384, EcdsaSha512);

    private static readonly FrozenSet<string> Digests = FrozenSet.Create(
        StringComparer.Ordinal, SignedXml.XmlDsigSHA256Url, SignedXml.XmlDsigSHA384Url, SignedXml.XmlDsigSHA512Url);

    public static bool IsKnown(string? method) => method is not null && (Rsa.Contains(method) || Ecdsa.Contains(method));

    public static bool Fits(string method, AsymmetricAlgorithm key) => key is RSA ? Rsa.Contains(method) : key is ECDsa && Ecdsa.Contains(method);

    public static bool IsDigest(string? method) => method is not null && Digests.Contains(method);

    public static bool IsCanonicalization(string? method) => method is SignedXml.XmlDsigExcC14NTransformUrl or SignedXml.XmlDsigC14NTransformUrl;
}
