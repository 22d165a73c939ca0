using System.Security.Cryptography;
using System.Security.Cryptography.Xml;
using System.Xml;

namespace EdgeCache.Origin.Identity.Federation.Saml;

/// <summary>
/// Verifies the signatures of a response by the configured keys, never by what KeyInfo offers. A signature counts for the element whose direct
/// child it is and for nothing else: its one Reference must name that element's ID, and resolving the reference yields that very element.
/// </summary>
internal static class SamlSignature
{
    static SamlSignature() => EcdsaSignatureDescription.Register();

    /// <summary>
    /// A problem unless the Response, the Assertion or both are signed, and every signature is good. Takes the signatures out of the document,
    /// the outer first since it covers the inner, so that what is read afterwards is exactly what was signed.
    /// </summary>
    /// <param name="document">The response.</param>
    /// <param name="certificates">The identity provider's certificates.</param>
    /// <param name="signer">The certificate by which the innermost signature was verified.</param>
    /// <param name="responseIsSigned">Whether the Response itself is signed, not only its Assertion.</param>
    public static FederationProblem? Verify(
        SamlDocument document, IReadOnlyList<SigningCertificate> certificates, out SigningCertificate? signer, out bool responseIsSigned)
    {
        signer = null;
        responseIsSigned = HasSignature(document.Response);
        if (!responseIsSigned && !HasSignature(document.Assertion))
        {
            return FederationProblem.Rejected("Neither the Response nor its Assertion is signed.");
        }

        foreach (var element in new[] { document.Response, document.Assertion })
        {
            if (HasSignature(element) && VerifyOf(element, certificates, out signer) is { } problem)
            {
                return problem;
            }
        }

        return null;
    }

    private static bool HasSignature(XmlElement element) => SignaturesOf(element).Any();

    private static IEnumerable<XmlElement> SignaturesOf(XmlElement element) =>
        element.ChildNodes.OfType<XmlElement>().Where(static e => e.LocalName == "Signature");

    private static FederationProblem? VerifyOf(XmlElement signed, IReadOnlyList<SigningCertificate> certificates, out SigningCertificate? signer)
    {
        signer = null;
        if (SignaturesOf(signed).ToArray() is not [var signature] || signature.NamespaceURI != SignedXml.XmlDsigNamespaceUrl)
        {
            return FederationProblem.Rejected($"The {signed.LocalName} must have one XML signature.");
        }

        var children = signature.ChildNodes.OfType<XmlElement>().Select(static e => e.LocalName).ToArray();
        if (children is not (["SignedInfo", "SignatureValue"] or ["SignedInfo", "SignatureValue", "KeyInfo"]))
        {
            return FederationProblem.Rejected("A signature may have SignedInfo, SignatureValue and KeyInfo, and nothing else.");
        }

        var id = signed.Attribute("ID");
        if (!IsNCName(id))
        {
            return FederationProblem.Rejected($"The {signed.LocalName} has no valid ID.");
        }

        // Not parsed at all: the key is the configured one.
        foreach (var keyInfo in signature.Elements("KeyInfo", SignedXml.XmlDsigNamespaceUrl).ToArray())
        {
            signature.RemoveChild(keyInfo);
        }

        try
        {
            var verifier = new BoundSignedXml(signed, id!);
            verifier.LoadXml(signature);
            if (CheckForm(verifier, id!) is { } problem)
            {
                return problem;
            }

            var candidates = certificates.Where(c => SignatureMethods.Fits(verifier.SignatureMethod!, c.Key));
            signer = candidates.FirstOrDefault(c => verifier.CheckSignature(c.Key));
        }
        catch (Exception e) when (e is CryptographicException or FormatException or XmlException or ArgumentException or InvalidOperationException)
        {
            return FederationProblem.Rejected($"The signature of the {signed.LocalName} can't be read.");
        }

        if (signer is null)
        {
            return FederationProblem.Rejected($"The signature of the {signed.LocalName} was not made by a configured certificate over what is there.");
        }

        signed.RemoveChild(signature);
        return null;
    }

    /// <summary>Checks the signature as it was parsed, not as it is spelled, so that no second reading can differ.</summary>
    private static FederationProblem? CheckForm(SignedXml signature, string id)
    {
        var info = signature.SignedInfo!;
        if (!SignatureMethods.IsKnown(info.SignatureMethod) || info.SignatureLength is not null)
        {
            return FederationProblem.Rejected("The signature method must be RSA or ECDSA with SHA-256, SHA-384 or SHA-512.");
        }

        if (!SignatureMethods.IsCanonicalization(info.CanonicalizationMethod))
        {
            return FederationProblem.Rejected("The canonicalization must be exclusive or inclusive C14N 1.0 without comments.");
        }

        if (info.References.Count != 1 || info.References[0] is not Reference reference || reference.Uri != "#" + id)
        {
            return FederationProblem.Rejected("The signature must have one Reference, to the element that it is in.");
        }

        if (!SignatureMethods.IsDigest(reference.DigestMethod))
        {
            return FederationProblem.Rejected("The digest must be SHA-256, SHA-384 or SHA-512.");
        }

        var chain = reference.TransformChain;
        var isEnveloped = chain.Count is 1 or 2 && chain[0].GetType() == typeof(XmlDsigEnvelopedSignatureTransform);
        return isEnveloped && (chain.Count == 1 || SignatureMethods.IsCanonicalization(chain[1].Algorithm))
            ? null
            : FederationProblem.Rejected("The transforms must be enveloped-signature and then at most one C14N 1.0 without comments.");
    }

    private static bool IsNCName(string? id)
    {
        try
        {
            return !string.IsNullOrEmpty(id) && XmlConvert.VerifyNCName(id) == id;
        }
        catch (XmlException)
        {
            return false;
        }
    }

    /// <summary>Resolves one ID only, to one element only, and fetches nothing.</summary>
    private sealed class BoundSignedXml : SignedXml
    {
        private readonly XmlElement _element;
        private readonly string _id;

        public BoundSignedXml(XmlElement element, string id)
            : base(element)
        {
            (_element, _id) = (element, id);
            Resolver = null!;
            SafeCanonicalizationMethods.Clear();
            SafeCanonicalizationMethods.Add(XmlDsigExcC14NTransformUrl);
            SafeCanonicalizationMethods.Add(XmlDsigC14NTransformUrl);
        }

        public override XmlElement? GetIdElement(XmlDocument? document, string idValue) =>
            idValue == _id && document == _element.OwnerDocument ? _element : null;
    }
}
