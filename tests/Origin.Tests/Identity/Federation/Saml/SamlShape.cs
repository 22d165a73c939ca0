using System.Globalization;

namespace EdgeCache.Origin.Tests.Identity.Federation.Saml;

/// <summary>What a response says; by default all is well at <see cref="Instants.Start"/>.</summary>
internal sealed record SamlShape
{
    public const string DefaultAudience = "https://store.example.test/";
    public const string DefaultRecipient = "https://api.example.test/v1/cwobject/temporary-credentials/saml";

    public string ResponseId { get; init; } = "_response";

    public string AssertionId { get; init; } = "_assertion";

    public string Issuer { get; init; } = TestIdp.DefaultIssuer;

    public string? ResponseIssuer { get; init; } = TestIdp.DefaultIssuer;

    public string Status { get; init; } = "urn:oasis:names:tc:SAML:2.0:status:Success";

    public string? Audience { get; init; } = DefaultAudience;

    public string Recipient { get; init; } = DefaultRecipient;

    public string? Destination { get; init; } = DefaultRecipient;

    public DateTimeOffset Now { get; init; } = Instants.Start;

    public TimeSpan Issued { get; init; } = TimeSpan.Zero;

    public TimeSpan NotBefore { get; init; } = TimeSpan.FromMinutes(-1);

    public TimeSpan NotOnOrAfter { get; init; } = TimeSpan.FromMinutes(5);

    public TimeSpan ConfirmationNotOnOrAfter { get; init; } = TimeSpan.FromMinutes(5);

    public string ConfirmationExtra { get; init; } = string.Empty;

    public string Method { get; init; } = "urn:oasis:names:tc:SAML:2.0:cm:bearer";

    public TimeSpan? SessionNotOnOrAfter { get; init; }

    public string? InResponseTo { get; init; }

    public string? ConfirmedInResponseTo { get; init; }

    public string[] Roles { get; init; } = ["reader"];

    public string[] Groups { get; init; } = ["team-a", "team-b"];

    public string ConditionsExtra { get; init; } = string.Empty;

    public string AttributesExtra { get; init; } = string.Empty;

    public string ResponseExtra { get; init; } = string.Empty;

    public bool HasAuthnStatement { get; init; } = true;

    public string ToXml() =>
        $"""
         <samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="{ResponseId}" Version="2.0" IssueInstant="{At(Issued)}"{Optional("Destination", Destination)}{Optional("InResponseTo", InResponseTo)}>
           {(ResponseIssuer is null ? "" : $"<saml:Issuer>{ResponseIssuer}</saml:Issuer>")}
           <samlp:Status><samlp:StatusCode Value="{Status}"/></samlp:Status>{ResponseExtra}
           {AssertionXml()}
         </samlp:Response>
         """;

    public string AssertionXml() =>
        $"""
         <saml:Assertion xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" ID="{AssertionId}" Version="2.0" IssueInstant="{At(Issued)}">
             <saml:Issuer>{Issuer}</saml:Issuer>
             <saml:Subject>
               <saml:NameID>user@example.test</saml:NameID>
               <saml:SubjectConfirmation Method="{Method}"><saml:SubjectConfirmationData Recipient="{Recipient}" NotOnOrAfter="{At(ConfirmationNotOnOrAfter)}"{Optional("InResponseTo", ConfirmedInResponseTo ?? InResponseTo)}{ConfirmationExtra}/></saml:SubjectConfirmation>
             </saml:Subject>
             <saml:Conditions NotBefore="{At(NotBefore)}" NotOnOrAfter="{At(NotOnOrAfter)}">{(Audience is null ? "" : $"<saml:AudienceRestriction><saml:Audience>{Audience}</saml:Audience></saml:AudienceRestriction>")}{ConditionsExtra}</saml:Conditions>
             {(HasAuthnStatement ? $"<saml:AuthnStatement AuthnInstant=\"{At(Issued)}\"{Optional("SessionNotOnOrAfter", SessionNotOnOrAfter is { } s ? At(s) : null)}/>" : "")}
             <saml:AttributeStatement>
               <saml:Attribute Name="role">{Values(Roles)}</saml:Attribute>
               <saml:Attribute Name="groups">{Values(Groups)}</saml:Attribute>{AttributesExtra}
             </saml:AttributeStatement>
           </saml:Assertion>
         """;

    private static string Values(string[] values) => string.Concat(values.Select(static v => $"<saml:AttributeValue xsi:type=\"xs:string\">{v}</saml:AttributeValue>"));

    private static string Optional(string name, string? value) => value is null ? string.Empty : $" {name}=\"{value}\"";

    private string At(TimeSpan offset) => (Now + offset).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
