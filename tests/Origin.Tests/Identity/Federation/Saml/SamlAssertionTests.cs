using System.Security.Cryptography;
using System.Security.Cryptography.Xml;
using EdgeCache.Origin.Identity.Federation;
using EdgeCache.Origin.Identity.Federation.Saml;
using EdgeCache.Testing;

namespace EdgeCache.Origin.Tests.Identity.Federation.Saml;

/// <summary>Responses with good signatures: what they say decides.</summary>
public sealed class SamlAssertionTests : IDisposable
{
    private readonly TestIdp _idp = TestIdp.CreateRsa();

    public static TheoryData<string, string> Lies => new()
    {
        { "expired conditions", "expired" },
        { "expired confirmation", "expired" },
        { "not yet valid", "not valid yet" },
        { "issued in the future", "IssueInstant" },
        { "issued too long ago", "expired" },
        { "wrong audience", "another Audience" },
        { "longer audience", "another Audience" },
        { "no audience", "not restricted" },
        { "second audience restriction", "another Audience" },
        { "unknown condition", "not understood" },
        { "wrong recipient", "another Recipient" },
        { "wrong destination", "Destination" },
        { "wrong issuer", "Assertion's Issuer" },
        { "wrong response issuer", "Response's Issuer" },
        { "failed status", "Success" },
        { "not bearer", "bearer" },
        { "confirmation not before", "NotBefore" },
        { "session over", "session" },
        { "no authentication", "AuthnStatement" },
        { "solicited", "unsolicited" },
        { "no role", "no attribute role" },
        { "role with wildcard", "characters" },
        { "role with control character", "characters" },
        { "element in a role", "something else than text" },
        { "empty group", "group" },
        { "too many groups", "groups" },
    };

    public void Dispose() => _idp.Dispose();

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void A_good_response_is_accepted_however_it_is_signed(bool signAssertion, bool signResponse)
    {
        var shape = new SamlShape { SessionNotOnOrAfter = TimeSpan.FromHours(1) };

        var (problem, identity) = Validate(_idp.Respond(shape, signAssertion, signResponse), _idp.Settings());

        Assert.Null(problem);
        Assert.Equal("saml/reader", identity!.Principal);
        Assert.Equal(["team-a", "team-b"], identity.Groups);
        Assert.Equal(Instants.Start.AddHours(1), identity.SessionEndsAt);
        Assert.Equal(Instants.Start.AddMinutes(10), identity.Use!.RememberUntil); // its end, and the largest clock skew of any configuration
    }

    [Theory]
    [InlineData(SignedXml.XmlDsigRSASHA256Url, SignedXml.XmlDsigSHA256Url)]
    [InlineData(SignedXml.XmlDsigRSASHA384Url, SignedXml.XmlDsigSHA384Url)]
    [InlineData(SignedXml.XmlDsigRSASHA512Url, SignedXml.XmlDsigSHA512Url)]
    public void Every_RSA_method_is_accepted(string method, string digest)
    {
        var options = new SigningOptions { Method = method, Digest = digest, WithKeyInfo = false };

        Assert.Null(Validate(_idp.Respond(new SamlShape(), options: options), _idp.Settings()).Problem);
    }

    [Theory]
    [InlineData("nistP256", SignatureMethods.EcdsaSha256)]
    [InlineData("nistP384", SignatureMethods.EcdsaSha384)]
    [InlineData("nistP521", SignatureMethods.EcdsaSha512)]
    public void Every_ECDSA_method_is_accepted(string curve, string method)
    {
        using var idp = TestIdp.CreateEcdsa(ECCurve.CreateFromFriendlyName(curve));
        var options = new SigningOptions { Method = method };

        Assert.Null(Validate(idp.Respond(new SamlShape(), signResponse: true, options: options), idp.Settings()).Problem);
        Assert.NotNull(Validate(idp.Respond(new SamlShape(), options: options), _idp.Settings()).Problem);
    }

    [Fact]
    public void Inclusive_canonicalization_is_accepted_though_the_response_declares_the_namespaces()
    {
        Transform[] Inclusive() => [new XmlDsigEnvelopedSignatureTransform(), new XmlDsigC14NTransform()];
        Transform[] Implicit() => [new XmlDsigEnvelopedSignatureTransform()];
        var document = TestIdp.Parse(new SamlShape().ToXml());
        _idp.SignInclusivelyInPlace(document, "_assertion");

        Assert.Null(Validate(_idp.Respond(new SamlShape(), signResponse: true, options: new SigningOptions { Transforms = Inclusive }), _idp.Settings()).Problem);
        Assert.Null(Validate(_idp.Respond(new SamlShape(), options: new SigningOptions { Transforms = Implicit }), _idp.Settings()).Problem);
        Assert.Null(Validate(TestIdp.Encode(document), _idp.Settings()).Problem);
    }

    [Fact]
    public void Any_of_several_certificates_may_sign()
    {
        using var next = TestIdp.CreateEcdsa(ECCurve.NamedCurves.nistP256);
        var settings = _idp.Settings() with { Certificates = [next.Pem, _idp.Pem] };

        Assert.Null(Validate(_idp.Respond(new SamlShape()), settings).Problem);
        Assert.Null(Validate(next.Respond(new SamlShape()), settings).Problem);
    }

    [Fact]
    public void Base64_with_line_ends_is_accepted()
    {
        var text = Convert.ToBase64String(Convert.FromBase64String(_idp.Respond(new SamlShape())), Base64FormattingOptions.InsertLineBreaks);

        Assert.Null(Validate(text, _idp.Settings()).Problem);
    }

    [Theory]
    [MemberData(nameof(Lies))]
    public void A_signed_response_that_does_not_fit_is_refused(string lie, string reason)
    {
        var (problem, identity) = Validate(_idp.Respond(Tell(lie), signResponse: true), _idp.Settings());

        Assert.Null(identity);
        Assert.Equal(FederationFault.Rejected, problem?.Fault);
        Assert.Contains(reason, problem!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_clocks_may_differ_by_the_configured_time_and_no_more()
    {
        var settings = _idp.Settings() with { ClockSkewSeconds = 30 };
        var late = new SamlShape { NotOnOrAfter = TimeSpan.FromSeconds(-29), ConfirmationNotOnOrAfter = TimeSpan.FromSeconds(-29), Issued = TimeSpan.FromMinutes(-5) };
        var early = new SamlShape { NotBefore = TimeSpan.FromSeconds(30), Issued = TimeSpan.FromSeconds(30) };

        Assert.Null(Validate(_idp.Respond(late), settings).Problem);
        Assert.NotNull(Validate(_idp.Respond(late with { NotOnOrAfter = TimeSpan.FromSeconds(-30) }), settings).Problem);
        Assert.NotNull(Validate(_idp.Respond(late with { ConfirmationNotOnOrAfter = TimeSpan.FromSeconds(-30) }), settings).Problem);
        Assert.Null(Validate(_idp.Respond(early), settings).Problem);
        Assert.NotNull(Validate(_idp.Respond(early with { NotBefore = TimeSpan.FromSeconds(31) }), settings).Problem);
        Assert.NotNull(Validate(_idp.Respond(late), settings with { ClockSkewSeconds = 0 }).Problem);
    }

    [Fact]
    public void A_signed_response_must_have_a_destination_and_an_unsigned_one_need_not()
    {
        var shape = new SamlShape { Destination = null };

        Assert.Null(Validate(_idp.Respond(shape), _idp.Settings()).Problem);
        Assert.NotNull(Validate(_idp.Respond(shape, signResponse: true), _idp.Settings()).Problem);
    }

    [Theory]
    [InlineData("Unsolicited", null, null, true)]
    [InlineData("Unsolicited", "_r", null, false)]
    [InlineData("Unsolicited", null, "_r", false)]
    [InlineData("Solicited", "_r", null, true)]
    [InlineData("Solicited", null, null, false)]
    [InlineData("Solicited", "_r", "_other", false)]
    [InlineData("Any", "_r", null, true)]
    [InlineData("Any", null, null, true)]
    [InlineData("Any", "_r", "_other", false)]
    public void InResponseTo_follows_the_policy(string policy, string? response, string? confirmation, bool accepted)
    {
        var settings = _idp.Settings() with { InResponseTo = Enum.Parse<InResponseToPolicy>(policy) };
        var shape = new SamlShape { InResponseTo = response, ConfirmedInResponseTo = confirmation };

        Assert.Equal(accepted, Validate(_idp.Respond(shape), settings).Problem is null);
    }

    [Fact]
    public void A_role_is_taken_from_several_only_by_name_and_only_if_allowed()
    {
        var response = _idp.Respond(new SamlShape { Roles = ["reader", "writer"] });
        var settings = _idp.Settings() with { AllowedRoles = ["reader"] };

        Assert.Equal(FederationFault.Malformed, Validate(response, settings).Problem?.Fault);
        Assert.Equal("saml/reader", Validate(response, settings, "reader").Identity?.Principal);
        Assert.Equal(FederationFault.Forbidden, Validate(response, settings, "writer").Problem?.Fault);
        Assert.Equal(FederationFault.Rejected, Validate(response, settings, "owner").Problem?.Fault);
    }

    [Fact]
    public void Role_and_groups_come_from_the_configured_attributes()
    {
        var extra = """<saml:Attribute Name="urn:r"><saml:AttributeValue> ops </saml:AttributeValue></saml:Attribute><saml:Attribute Name="urn:g"><saml:AttributeValue>g1</saml:AttributeValue></saml:Attribute><saml:Attribute Name="urn:g"><saml:AttributeValue>g2</saml:AttributeValue></saml:Attribute>""";
        var settings = _idp.Settings() with { RoleAttribute = "urn:r", GroupsAttribute = "urn:g" };

        var (problem, identity) = Validate(_idp.Respond(new SamlShape { AttributesExtra = extra }), settings);

        Assert.Null(problem);
        Assert.Equal(("saml/ops", "g1,g2"), (identity!.Principal, string.Join(',', identity.Groups)));
    }

    [Fact]
    public void The_use_differs_by_assertion_and_by_signer_only()
    {
        using var other = TestIdp.CreateRsa(1);
        var settings = _idp.Settings() with { Certificates = [_idp.Pem, other.Pem] };
        string Use(TestIdp idp, SamlShape shape, bool signResponse) => Validate(idp.Respond(shape, signResponse: signResponse), settings).Identity!.Use!.Fingerprint;

        var first = Use(_idp, new SamlShape(), signResponse: false);

        Assert.Equal(first, Use(_idp, new SamlShape { ResponseId = "_another" }, signResponse: true));
        Assert.NotEqual(first, Use(_idp, new SamlShape { AssertionId = "_another" }, signResponse: false));
        Assert.NotEqual(first, Use(other, new SamlShape(), signResponse: false));
    }

    [Fact]
    public void What_must_be_remembered_of_an_assertion_is_bounded_whatever_it_says()
    {
        var shape = new SamlShape { NotOnOrAfter = TimeSpan.FromDays(1_000), ConfirmationNotOnOrAfter = TimeSpan.FromDays(1_000) };

        Assert.Equal(Instants.Start + SamlValidator.MaxAge + TimeSpan.FromMinutes(5), Validate(_idp.Respond(shape), _idp.Settings()).Identity!.Use!.RememberUntil);
    }

    private static SamlShape Tell(string lie)
    {
        var late = TimeSpan.FromMinutes(-2);
        return lie switch
        {
            "expired conditions" => new SamlShape { NotBefore = TimeSpan.FromMinutes(-9), NotOnOrAfter = late },
            "expired confirmation" => new SamlShape { ConfirmationNotOnOrAfter = late },
            "not yet valid" => new SamlShape { NotBefore = TimeSpan.FromMinutes(2) },
            "issued in the future" => new SamlShape { Issued = TimeSpan.FromMinutes(2) },
            "issued too long ago" => new SamlShape { Issued = TimeSpan.FromHours(-12) - TimeSpan.FromMinutes(1) },
            "wrong audience" => new SamlShape { Audience = "https://elsewhere.example.test/" },
            "longer audience" => new SamlShape { Audience = SamlShape.DefaultAudience + "x" },
            "no audience" => new SamlShape { Audience = null },
            "second audience restriction" => new SamlShape { ConditionsExtra = "<saml:AudienceRestriction><saml:Audience>x</saml:Audience></saml:AudienceRestriction>" },
            "unknown condition" => new SamlShape { ConditionsExtra = "<saml:Condition/>" },
            "wrong recipient" => new SamlShape { Recipient = "https://elsewhere.example.test/" },
            "wrong destination" => new SamlShape { Destination = "https://elsewhere.example.test/" },
            "wrong issuer" => new SamlShape { Issuer = "https://other.example.test/" },
            "wrong response issuer" => new SamlShape { ResponseIssuer = "https://other.example.test/" },
            "failed status" => new SamlShape { Status = "urn:oasis:names:tc:SAML:2.0:status:Responder" },
            "not bearer" => new SamlShape { Method = "urn:oasis:names:tc:SAML:2.0:cm:holder-of-key" },
            "confirmation not before" => new SamlShape { ConfirmationExtra = " NotBefore=\"2020-01-01T00:00:00Z\"" },
            "session over" => new SamlShape { SessionNotOnOrAfter = TimeSpan.Zero },
            "no authentication" => new SamlShape { HasAuthnStatement = false },
            "solicited" => new SamlShape { InResponseTo = "_request" },
            "no role" => new SamlShape { Roles = [] },
            "role with wildcard" => new SamlShape { Roles = ["read*"] },
            "role with control character" => new SamlShape { Roles = ["read&#9;er"] },
            "element in a role" => new SamlShape { Roles = ["read<x/>er"] },
            "empty group" => new SamlShape { Groups = [""] },
            "too many groups" => new SamlShape { Groups = [.. Enumerable.Range(0, 201).Select(static i => $"g{i}")] },
            _ => throw new ArgumentOutOfRangeException(nameof(lie), lie, null),
        };
    }

    private static (FederationProblem? Problem, FederatedIdentity? Identity) Validate(string response, SamlSettings settings, string? role = null)
    {
        var problem = new SamlValidator(new ManualTimeProvider(Instants.Start)).Validate(response, role, settings, out var identity);
        return (problem, identity);
    }
}
