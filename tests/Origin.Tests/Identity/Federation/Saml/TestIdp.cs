using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Security.Cryptography.Xml;
using System.Text;
using System.Xml;
using EdgeCache.Origin.Identity.Federation.Saml;

namespace EdgeCache.Origin.Tests.Identity.Federation.Saml;

/// <summary>An identity provider with a key of its own, which signs whatever a test wants signed.</summary>
internal sealed class TestIdp : IDisposable
{
    public const string DefaultIssuer = "https://idp.example.test/metadata";

    private static readonly Lazy<RSAParameters>[] RsaKeys = [.. Enumerable.Range(0, 2).Select(static _ => new Lazy<RSAParameters>(static () =>
    {
        using var key = RSA.Create(2048);
        return key.ExportParameters(includePrivateParameters: true);
    }))];

    private readonly AsymmetricAlgorithm _key;
    private readonly X509Certificate2 _certificate;

    private TestIdp(AsymmetricAlgorithm key, CertificateRequest request, DateTimeOffset notAfter)
    {
        _key = key;
        _certificate = request.CreateSelfSigned(notAfter.AddYears(-2), notAfter);
        EcdsaSignatureDescription.Register();
    }

    public string Pem => _certificate.ExportCertificatePem();

    /// <summary>One of few providers whose RSA keys are made once, as that takes long: number 0 is the good one.</summary>
    public static TestIdp CreateRsa(int number = 0, DateTimeOffset? notAfter = null)
    {
        var key = RSA.Create(RsaKeys[number].Value);
        return new TestIdp(key, new CertificateRequest("CN=idp", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1), notAfter ?? Instants.Start.AddYears(1));
    }

    public static TestIdp CreateEcdsa(ECCurve curve)
    {
        var key = ECDsa.Create(curve);
        return new TestIdp(key, new CertificateRequest("CN=idp-ec", key, HashAlgorithmName.SHA256), Instants.Start.AddYears(1));
    }

    public SamlSettings Settings() => new()
    {
        Issuer = DefaultIssuer,
        Certificates = [Pem],
        Audience = SamlShape.DefaultAudience,
        Recipients = [SamlShape.DefaultRecipient],
    };

    public static XmlDocument Parse(string xml)
    {
        var document = new XmlDocument { PreserveWhitespace = true, XmlResolver = null };
        document.LoadXml(xml);
        return document;
    }

    public static string Encode(XmlDocument document) => Encode(document.OuterXml);

    public static string Encode(string xml) => Convert.ToBase64String(Encoding.UTF8.GetBytes(xml));

    /// <summary>A response as text in base64, signed as the flags say: the assertion first, as providers do.</summary>
    public string Respond(SamlShape shape, bool signAssertion = true, bool signResponse = false, SigningOptions? options = null)
    {
        var document = Parse(shape.ToXml());
        if (signAssertion)
        {
            Sign(document, shape.AssertionId, options);
        }

        if (signResponse)
        {
            Sign(document, shape.ResponseId, options);
        }

        return Encode(document);
    }

    /// <summary>
    /// Signs anew with inclusive C14N of SignedInfo: with the namespaces that are in scope where the signature is, which
    /// <see cref="SignedXml"/> leaves out when it signs.
    /// </summary>
    public void SignInclusivelyInPlace(XmlDocument document, string id)
    {
        Sign(document, id, new SigningOptions
        {
            Canonicalization = SignedXml.XmlDsigC14NTransformUrl,
            Transforms = static () => [new XmlDsigEnvelopedSignatureTransform(), new XmlDsigC14NTransform()],
        });
        var signature = (XmlElement)document.SelectSingleNode($"//*[@ID='{id}']/*[local-name()='Signature']")!;
        var info = (XmlElement)signature.FirstChild!;
        var scoped = new XmlDocument { PreserveWhitespace = true };
        scoped.LoadXml(info.OuterXml);
        foreach (var (prefix, ns) in info.CreateNavigator()!.GetNamespacesInScope(XmlNamespaceScope.ExcludeXml))
        {
            scoped.DocumentElement!.SetAttribute(prefix.Length == 0 ? "xmlns" : "xmlns:" + prefix, ns);
        }

        var c14n = new XmlDsigC14NTransform();
        c14n.LoadInput(scoped);
        var value = ((RSA)_key).SignData((Stream)c14n.GetOutput(typeof(Stream)), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        signature["SignatureValue"]!.InnerText = Convert.ToBase64String(value);
    }

    /// <summary>Signs the element of that ID and puts the signature after its Issuer, or first when it has none.</summary>
    public void Sign(XmlDocument document, string id, SigningOptions? options = null)
    {
        options ??= new SigningOptions();
        var element = (XmlElement)document.SelectSingleNode($"//*[@ID='{id}']")!;
        var signature = SignatureOf(document, options with { ReferenceUri = options.ReferenceUri ?? "#" + id });
        var issuer = element.ChildNodes.OfType<XmlElement>().FirstOrDefault(static e => e.LocalName == "Issuer");
        element.InsertAfter(document.ImportNode(signature, deep: true), issuer);
    }

    public XmlElement SignatureOf(XmlDocument document, SigningOptions options)
    {
        var signed = new SignedXml(document) { SigningKey = _key };
        signed.SignedInfo!.SignatureMethod = options.Method ?? (_key is RSA ? SignedXml.XmlDsigRSASHA256Url : SignatureMethods.EcdsaSha256);
        signed.SignedInfo.CanonicalizationMethod = options.Canonicalization;
        var reference = new Reference(options.ReferenceUri) { DigestMethod = options.Digest };
        foreach (var transform in options.Transforms?.Invoke() ?? [new XmlDsigEnvelopedSignatureTransform(), new XmlDsigExcC14NTransform()])
        {
            reference.AddTransform(transform);
        }

        signed.AddReference(reference);
        if (options.SecondReferenceUri is { } second)
        {
            signed.AddReference(new Reference(second) { DigestMethod = options.Digest });
        }

        if (options.WithKeyInfo)
        {
            signed.KeyInfo = new KeyInfo();
            signed.KeyInfo.AddClause(new KeyInfoX509Data(_certificate));
        }

        signed.ComputeSignature();
        return signed.GetXml();
    }

    /// <summary>What a careless reader asks: is there a signature in there that this provider made over something in there?</summary>
    public bool CarelesslyVerifies(XmlDocument document)
    {
        var signature = (XmlElement)document.GetElementsByTagName("Signature", SignedXml.XmlDsigNamespaceUrl)[0]!;
        var strange = signature.ChildNodes.OfType<XmlElement>().FirstOrDefault(static e => e.NamespaceURI != SignedXml.XmlDsigNamespaceUrl);
        if (strange is not null)
        {
            // This verifier would stumble over it; others do not look.
            signature = (XmlElement)signature.CloneNode(deep: true);
            signature.RemoveChild(signature.ChildNodes.OfType<XmlElement>().Single(e => e.LocalName == strange.LocalName));
        }

        var verifier = new SignedXml(document);
        verifier.LoadXml(signature);
        return verifier.CheckSignature(_certificate.GetRSAPublicKey()!);
    }

    public void Dispose()
    {
        _certificate.Dispose();
        _key.Dispose();
    }
}

/// <summary>How to sign.</summary>
internal sealed record SigningOptions
{
    public string? Method { get; init; }

    public string Digest { get; init; } = SignedXml.XmlDsigSHA256Url;

    public string Canonicalization { get; init; } = SignedXml.XmlDsigExcC14NTransformUrl;

    public Func<Transform[]>? Transforms { get; init; }

    public string? ReferenceUri { get; init; }

    public string? SecondReferenceUri { get; init; }

    public bool WithKeyInfo { get; init; } = true;
}

/// <summary>The time at which the tests' clocks begin.</summary>
internal static class Instants
{
    public static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
}
