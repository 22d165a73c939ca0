using System.Xml;

namespace EdgeCache.Origin.Identity.Federation.Saml;

/// <summary>
/// A SAML response of the one shape that is accepted: a Response with exactly one Assertion, its direct child, no second Response or Assertion
/// anywhere (not even as data of another element), nothing encrypted, and signatures only as direct children of these two. So there is nothing
/// that a moved signature could cover instead of what is read.
/// </summary>
internal sealed class SamlDocument
{
    /// <summary>The largest response, decoded, in bytes.</summary>
    public const int MaxBytes = 128 * 1024;

    /// <summary>The longest base64 text of a response, with room for line ends.</summary>
    public const int MaxBase64Length = (MaxBytes / 3 * 4) + (MaxBytes / 16);

    private SamlDocument(XmlElement response, XmlElement assertion) => (Response, Assertion) = (response, assertion);

    public XmlElement Response { get; }

    public XmlElement Assertion { get; }

    public static FederationProblem? TryParse(string base64, out SamlDocument? document)
    {
        document = null;
        if (base64.Length > MaxBase64Length)
        {
            return new FederationProblem(FederationFault.TooLarge, $"samlResponse is longer than {MaxBase64Length} characters.");
        }

        var bytes = new byte[(base64.Length / 4 * 3) + 3];
        if (!Convert.TryFromBase64String(base64, bytes, out var length))
        {
            return FederationProblem.Malformed("samlResponse is not base64.");
        }

        if (length > MaxBytes)
        {
            return new FederationProblem(FederationFault.TooLarge, $"samlResponse is larger than {MaxBytes} bytes.");
        }

        return BoundedXml.TryRead(bytes.AsSpan(0, length), dropComments: false, out var xml) ?? TryTake(xml!.DocumentElement!, out document);
    }

    private static FederationProblem? TryTake(XmlElement root, out SamlDocument? document)
    {
        document = null;
        if (!root.Is("Response", SamlNames.Protocol) || root.GetAttribute("Version") != "2.0")
        {
            return FederationProblem.Malformed("It is no SAML 2.0 Response.");
        }

        var assertions = new List<XmlElement>();
        foreach (var element in root.Descendants())
        {
            // By local names alone, whatever the namespace: nothing in a response has reason to look like these.
            switch (element.LocalName)
            {
                case "EncryptedAssertion" or "EncryptedID" or "EncryptedAttribute" or "EncryptedData":
                    return FederationProblem.Rejected("Encrypted assertions are not supported: let the identity provider send them signed and not encrypted.");
                case "Response":
                    return FederationProblem.Rejected("There is a Response within the Response.");
                case "Assertion":
                    assertions.Add(element);
                    break;
                case "Signature" when element.ParentNode != root && !((XmlElement)element.ParentNode!).Is("Assertion", SamlNames.Assertion):
                    return FederationProblem.Rejected("There is a signature of something else than the Response and its Assertion.");
            }
        }

        if (assertions.Count != 1)
        {
            return FederationProblem.Rejected($"There must be exactly one Assertion; there are {assertions.Count}.");
        }

        if (!assertions[0].Is("Assertion", SamlNames.Assertion) || assertions[0].ParentNode != root || assertions[0].GetAttribute("Version") != "2.0")
        {
            return FederationProblem.Rejected("The Assertion is not a SAML 2.0 assertion directly in the Response.");
        }

        document = new SamlDocument(root, assertions[0]);
        return null;
    }
}
