using System.Security.Cryptography;
using System.Security.Cryptography.Xml;
using System.Text;
using EdgeCache.Origin.Identity.Federation;
using EdgeCache.Origin.Identity.Federation.Saml;
using EdgeCache.Testing;

namespace EdgeCache.Origin.Tests.Identity.Federation.Saml;

/// <summary>Responses whose signature, form or size is wrong.</summary>
public sealed class SamlForgeryTests : IDisposable
{
    private readonly TestIdp _idp = TestIdp.CreateRsa();

    public void Dispose() => _idp.Dispose();

    [Fact]
    public void An_unsigned_response_is_refused() =>
        Refuse(_idp.Respond(new SamlShape(), signAssertion: false), FederationFault.Rejected, "Neither");

    [Fact]
    public void A_strangers_key_is_refused_even_when_his_certificate_is_in_KeyInfo()
    {
        using var attacker = TestIdp.CreateRsa(1);

        Refuse(attacker.Respond(new SamlShape()), FederationFault.Rejected, "configured certificate");
        Refuse(attacker.Respond(new SamlShape(), signAssertion: false, signResponse: true), FederationFault.Rejected, "configured certificate");
    }

    [Fact]
    public void A_good_assertion_in_a_response_with_a_strangers_signature_is_refused()
    {
        using var attacker = TestIdp.CreateRsa(1);
        var document = TestIdp.Parse(new SamlShape().ToXml());
        _idp.Sign(document, "_assertion");
        attacker.Sign(document, "_response");

        Refuse(TestIdp.Encode(document), FederationFault.Rejected, "The signature of the Response was not made");
    }

    [Fact]
    public void A_strangers_assertion_in_a_response_that_the_provider_signed_is_refused()
    {
        using var attacker = TestIdp.CreateRsa(1);
        var document = TestIdp.Parse(new SamlShape().ToXml());
        attacker.Sign(document, "_assertion");
        _idp.Sign(document, "_response");

        Refuse(TestIdp.Encode(document), FederationFault.Rejected, "The signature of the Assertion was not made");
    }

    [Theory]
    [InlineData("reader", "administrator")]
    [InlineData("team-a", "admins")]
    [InlineData("<saml:AuthnStatement", "<saml:AuthnStatement SessionIndex=\"1\"")]
    public void A_changed_assertion_is_refused(string from, string to)
    {
        var xml = Decode(_idp.Respond(new SamlShape()));

        Refuse(TestIdp.Encode(xml.Replace(from, to, StringComparison.Ordinal)), FederationFault.Rejected, "not made by a configured certificate");
    }

    [Fact]
    public void Two_assertions_are_refused_even_when_both_are_signed()
    {
        var document = TestIdp.Parse(new SamlShape { ResponseExtra = new SamlShape { AssertionId = "_second", Roles = ["writer"] }.AssertionXml() }.ToXml());
        _idp.Sign(document, "_assertion");
        _idp.Sign(document, "_second");
        _idp.Sign(document, "_response");

        Refuse(TestIdp.Encode(document), FederationFault.Rejected, "exactly one Assertion; there are 2");
    }

    [Fact]
    public void A_response_without_an_assertion_is_refused()
    {
        var document = TestIdp.Parse(new SamlShape().ToXml());
        document.DocumentElement!.RemoveChild(document.SelectSingleNode("//*[@ID='_assertion']")!);
        _idp.Sign(document, "_response");

        Refuse(TestIdp.Encode(document), FederationFault.Rejected, "there are 0");
    }

    [Fact]
    public void An_encrypted_assertion_is_refused_in_plain_words()
    {
        var document = TestIdp.Parse(new SamlShape { ResponseExtra = "<saml:EncryptedAssertion/>" }.ToXml());
        _idp.Sign(document, "_response");

        Refuse(TestIdp.Encode(document), FederationFault.Rejected, "Encrypted assertions are not supported");
    }

    /// <summary>The provider did sign something in there: an element of the attacker's choice, or one that he had signed before.</summary>
    [Theory]
    [InlineData("#_other")]
    [InlineData("")]
    [InlineData("#_response")]
    [InlineData("#xpointer(id('_assertion'))")]
    public void A_signature_of_another_element_is_refused(string uri)
    {
        var document = TestIdp.Parse(new SamlShape { ResponseExtra = "<samlp:Extensions ID=\"_other\">x</samlp:Extensions>" }.ToXml());
        _idp.Sign(document, "_assertion", new SigningOptions { ReferenceUri = uri });

        Refuse(TestIdp.Encode(document), FederationFault.Rejected, "one Reference");
    }

    [Fact]
    public void A_second_reference_is_refused()
    {
        var document = TestIdp.Parse(new SamlShape { ResponseExtra = "<samlp:Extensions ID=\"_other\">x</samlp:Extensions>" }.ToXml());
        _idp.Sign(document, "_assertion", new SigningOptions { SecondReferenceUri = "#_other" });

        Refuse(TestIdp.Encode(document), FederationFault.Rejected, "one Reference");
    }

    [Fact]
    public void A_signed_message_of_another_sort_carried_along_is_refused()
    {
        var other = """<samlp:Extensions><x:Doc xmlns:x="urn:x" ID="_doc"><x:A/></x:Doc></samlp:Extensions>""";
        var document = TestIdp.Parse(new SamlShape { ResponseExtra = other }.ToXml());
        _idp.Sign(document, "_doc");

        Refuse(TestIdp.Encode(document), FederationFault.Rejected, "a signature of something else");
    }

    [Fact]
    public void Two_elements_with_one_id_are_refused()
    {
        var document = TestIdp.Parse(new SamlShape { ResponseExtra = "<samlp:Extensions><x Id=\"_assertion\"/></samlp:Extensions>" }.ToXml());
        _idp.Sign(document, "_response");

        Refuse(TestIdp.Encode(document), FederationFault.Rejected, "same ID");
    }

    [Fact]
    public void Two_signatures_of_the_assertion_are_refused()
    {
        using var attacker = TestIdp.CreateRsa(1);
        var document = TestIdp.Parse(new SamlShape().ToXml());
        _idp.Sign(document, "_assertion");
        attacker.Sign(document, "_assertion");

        Refuse(TestIdp.Encode(document), FederationFault.Rejected, "must have one XML signature");
    }

    [Theory]
    [InlineData(SignedXml.XmlDsigRSASHA1Url, SignedXml.XmlDsigSHA256Url, "signature method")]
    [InlineData(SignedXml.XmlDsigRSASHA256Url, SignedXml.XmlDsigSHA1Url, "digest")]
    public void SHA1_is_refused(string method, string digest, string reason) =>
        Refuse(_idp.Respond(new SamlShape(), options: new SigningOptions { Method = method, Digest = digest }), FederationFault.Rejected, reason);

    [Fact]
    public void An_HMAC_with_the_public_key_is_refused()
    {
        var document = TestIdp.Parse(new SamlShape().ToXml());
        var signed = new SignedXml(document);
        var reference = new Reference("#_assertion");
        reference.AddTransform(new XmlDsigEnvelopedSignatureTransform());
        signed.AddReference(reference);
        using var hmac = new HMACSHA256(Encoding.UTF8.GetBytes(_idp.Pem));
        signed.ComputeSignature(hmac);
        document.SelectSingleNode("//*[@ID='_assertion']")!.PrependChild(document.ImportNode(signed.GetXml(), deep: true));

        Refuse(TestIdp.Encode(document), FederationFault.Rejected, "signature method");
    }

    [Fact]
    public void Other_transforms_are_refused()
    {
        Transform[] Xslt()
        {
            var transform = new XmlDsigXsltTransform();
            transform.LoadInnerXml(TestIdp.Parse("""<r><xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"/></r>""").DocumentElement!.ChildNodes);
            return [new XmlDsigEnvelopedSignatureTransform(), transform];
        }

        Transform[] XPath()
        {
            var transform = new XmlDsigXPathTransform();
            transform.LoadInnerXml(TestIdp.Parse("<r><XPath>not(ancestor-or-self::x)</XPath></r>").DocumentElement!.ChildNodes);
            return [new XmlDsigEnvelopedSignatureTransform(), transform];
        }

        foreach (var transforms in new Func<Transform[]>[]
        {
            Xslt, XPath,
            static () => [new XmlDsigEnvelopedSignatureTransform(), new XmlDsigExcC14NWithCommentsTransform()],
            static () => [new XmlDsigExcC14NTransform()],
            static () => [new XmlDsigEnvelopedSignatureTransform(), new XmlDsigExcC14NTransform(), new XmlDsigExcC14NTransform()],
        })
        {
            Refuse(_idp.Respond(new SamlShape(), options: new SigningOptions { Transforms = transforms }), FederationFault.Rejected, "transforms");
        }
    }

    [Fact]
    public void Another_canonicalization_is_refused() => Refuse(
        _idp.Respond(new SamlShape(), options: new SigningOptions { Canonicalization = SignedXml.XmlDsigExcC14NWithCommentsTransformUrl }),
        FederationFault.Rejected,
        "canonicalization");

    /// <summary>Canonicalisation drops comments, so one can be put into a signed text; a reader that stops at it sees another name.</summary>
    [Theory]
    [InlineData("read<!-- -->er")]
    [InlineData("read<?x?>er")]
    [InlineData("<![CDATA[reader]]>")]
    public void A_text_that_readers_could_cut_is_refused(string role)
    {
        var xml = Decode(_idp.Respond(new SamlShape()));

        Refuse(TestIdp.Encode(xml.Replace(">reader<", $">{role}<", StringComparison.Ordinal)), FederationFault.Rejected, "Comments");
    }

    [Fact]
    public void A_comment_in_a_signed_name_leaves_the_signature_good_and_is_refused_all_the_same()
    {
        var document = TestIdp.Parse(new SamlShape { Roles = ["reader.evil"] }.ToXml());
        _idp.Sign(document, "_assertion");
        document.LoadXml(document.OuterXml.Replace("reader.evil", "reader<!-- -->.evil", StringComparison.Ordinal));

        Assert.True(_idp.CarelesslyVerifies(document));
        Refuse(TestIdp.Encode(document), FederationFault.Rejected, "Comments");
    }

    [Theory]
    [InlineData("<!DOCTYPE r>")]
    [InlineData("<!DOCTYPE r [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;\">]>")]
    [InlineData("<!DOCTYPE r [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>")]
    [InlineData("<!DOCTYPE r SYSTEM \"http://127.0.0.1:1/x.dtd\">")]
    public void A_document_type_is_refused(string doctype) =>
        Refuse(TestIdp.Encode(doctype + Decode(_idp.Respond(new SamlShape()))), FederationFault.Malformed, "document type");

    [Fact]
    public void Text_that_is_no_response_is_refused()
    {
        var good = _idp.Respond(new SamlShape());

        Refuse(good[..^3], FederationFault.Malformed, "base64");
        Refuse(good[..(good.Length / 8 * 4)], FederationFault.Malformed, "well-formed");
        Refuse("", FederationFault.Malformed, "well-formed");
        Refuse("@@@@", FederationFault.Malformed, "base64");
        Refuse(Convert.ToBase64String([0x3c, 0x61, 0xff, 0x2f, 0x3e]), FederationFault.Malformed, "well-formed");
        Refuse(TestIdp.Encode("<Response/>"), FederationFault.Malformed, "no SAML 2.0 Response");
        Refuse(TestIdp.Encode(Decode(good).Replace("Version=\"2.0\"", "Version=\"1.1\"", StringComparison.Ordinal)), FederationFault.Malformed, "no SAML 2.0");
    }

    [Fact]
    public void Too_much_is_refused_before_it_is_understood()
    {
        Refuse(new string('A', SamlDocument.MaxBase64Length + 1), FederationFault.TooLarge, "longer than");
        Refuse(Convert.ToBase64String(new byte[SamlDocument.MaxBytes + 1]), FederationFault.TooLarge, "larger than");
        Refuse(TestIdp.Encode(Nested(49)), FederationFault.TooLarge, "nests too deep");
        Refuse(TestIdp.Encode($"<r>{string.Concat(Enumerable.Repeat("<a/>", 8_200))}</r>"), FederationFault.TooLarge, "too many nodes");
        Refuse(TestIdp.Encode($"<r {string.Join(' ', Enumerable.Range(0, 65).Select(static i => $"xmlns:n{i}='u'"))}/>"), FederationFault.TooLarge, "attributes");
    }

    private static string Nested(int depth) => string.Concat(Enumerable.Repeat("<a>", depth + 1)) + string.Concat(Enumerable.Repeat("</a>", depth + 1));

    private static string Decode(string base64) => Encoding.UTF8.GetString(Convert.FromBase64String(base64));

    private void Refuse(string response, FederationFault fault, string reason)
    {
        var problem = new SamlValidator(new ManualTimeProvider(Instants.Start)).Validate(response, wantedRole: null, _idp.Settings(), out var identity);

        Assert.Null(identity);
        Assert.Equal(fault, problem?.Fault);
        Assert.Contains(reason, problem!.Message, StringComparison.Ordinal);
    }
}
