using System.Xml;
using EdgeCache.Origin.Identity.Federation;
using EdgeCache.Origin.Identity.Federation.Saml;
using EdgeCache.Testing;

namespace EdgeCache.Origin.Tests.Identity.Federation.Saml;

/// <summary>
/// The eight signature-wrapping attacks of "On Breaking SAML: Be Whoever You Want to Be" (Somorovsky et al., USENIX Security 2012), in the forms
/// that penetration testers use. Each keeps a good signature in the document, which a careless reader would verify, and says something else.
/// </summary>
public sealed class SamlWrappingTests
{
    private const string SignatureNamespace = "http://www.w3.org/2000/09/xmldsig#";

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void A_wrapped_signature_is_refused(int attack)
    {
        using var idp = TestIdp.CreateRsa();
        var shape = new SamlShape();
        var document = TestIdp.Parse(shape.ToXml());
        idp.Sign(document, attack <= 2 ? shape.ResponseId : shape.AssertionId);
        Assert.Null(Validate(idp, document));

        Wrap(document, attack);

        Assert.Contains("administrator", document.OuterXml, StringComparison.Ordinal);
        Assert.True(idp.CarelesslyVerifies(document), "The attack is not one: its signature is broken.");
        Assert.Equal(FederationFault.Rejected, Validate(idp, document)?.Fault);
    }

    /// <summary>The same, but the original hides under other names' cover: both have one ID, so that a reader by ID may take either.</summary>
    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(7)]
    public void A_wrapped_signature_with_two_equal_ids_is_refused(int attack)
    {
        using var idp = TestIdp.CreateRsa();
        var document = TestIdp.Parse(new SamlShape().ToXml());
        idp.Sign(document, "_assertion");
        Wrap(document, attack);
        foreach (var evil in document.SelectNodes("//*[@ID='_evil']")!.Cast<XmlElement>())
        {
            evil.SetAttribute("ID", "_assertion");
        }

        Assert.Equal(FederationFault.Rejected, Validate(idp, document)?.Fault);
    }

    private static FederationProblem? Validate(TestIdp idp, XmlDocument document) =>
        new SamlValidator(new ManualTimeProvider(Instants.Start)).Validate(TestIdp.Encode(document), wantedRole: null, idp.Settings(), out _);

    private static void Wrap(XmlDocument document, int attack)
    {
        var response = document.DocumentElement!;
        var assertion = (XmlElement)document.SelectSingleNode("//*[@ID='_assertion']")!;
        var signature = (XmlElement)document.GetElementsByTagName("Signature", SignatureNamespace)[0]!;
        switch (attack)
        {
            case 1: // the original response, unsigned, inside the signature of the evil one
                signature.AppendChild(WithoutSignature(response));
                MakeEvil(response);
                break;
            case 2: // the original response, unsigned, before the signature of the evil one
                response.InsertBefore(WithoutSignature(response), signature);
                MakeEvil(response);
                break;
            case 3: // an evil assertion before the original
                response.InsertBefore(MakeEvil(WithoutSignature(assertion)), assertion);
                break;
            case 4: // the original within an evil assertion
                var outer = MakeEvil(WithoutSignature(assertion));
                response.ReplaceChild(outer, assertion);
                outer.AppendChild(assertion);
                break;
            case 5: // the signature in the evil assertion, the original at the end
                response.AppendChild(WithoutSignature(assertion));
                MakeEvil(assertion);
                break;
            case 6: // the original inside the evil assertion's signature
                signature.AppendChild(WithoutSignature(assertion));
                MakeEvil(assertion);
                break;
            case 7: // an evil assertion in Extensions, where anything may be
                var extensions = document.CreateElement("samlp", "Extensions", "urn:oasis:names:tc:SAML:2.0:protocol");
                extensions.AppendChild(MakeEvil(WithoutSignature(assertion)));
                response.InsertBefore(extensions, assertion);
                break;
            case 8: // the original in an Object of the evil assertion's signature
                var holder = document.CreateElement("ds", "Object", SignatureNamespace);
                holder.AppendChild(WithoutSignature(assertion));
                signature.AppendChild(holder);
                MakeEvil(assertion);
                break;
        }
    }

    private static XmlElement WithoutSignature(XmlElement element)
    {
        var copy = (XmlElement)element.CloneNode(deep: true);
        var signature = copy.ChildNodes.OfType<XmlElement>().Single(static e => e.LocalName == "Signature");
        copy.RemoveChild(signature);
        return copy;
    }

    /// <summary>Changes the role in an element that, for all that it still contains, is not the signed one.</summary>
    private static XmlElement MakeEvil(XmlElement element)
    {
        element.SetAttribute("ID", "_evil");
        var own = element.GetElementsByTagName("saml:AttributeValue").Cast<XmlElement>().Last(static e => e.InnerText == "reader");
        var role = element.GetElementsByTagName("saml:AttributeValue").Cast<XmlElement>()
            .FirstOrDefault(e => e.InnerText == "reader" && !IsWithin(e, element, "Signature") && !IsWithinCopy(e, element)) ?? own;
        role.InnerText = "administrator";
        return element;
    }

    private static bool IsWithin(XmlNode node, XmlElement limit, string name)
    {
        for (var at = node.ParentNode; at is not null && at != limit; at = at.ParentNode)
        {
            if (at.LocalName == name)
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsWithinCopy(XmlNode node, XmlElement limit) => limit.LocalName == "Response" && IsWithin(node, limit, "Response");
}
