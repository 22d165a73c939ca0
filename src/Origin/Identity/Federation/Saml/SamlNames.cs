namespace EdgeCache.Origin.Identity.Federation.Saml;

/// <summary>The names of SAML 2.0 (saml-core-2.0-os) and of its signatures (xmldsig-core1) that are used here.</summary>
internal static class SamlNames
{
    public const string Protocol = "urn:oasis:names:tc:SAML:2.0:protocol";
    public const string Assertion = "urn:oasis:names:tc:SAML:2.0:assertion";
    public const string Metadata = "urn:oasis:names:tc:SAML:2.0:metadata";
    public const string XmlEncryption = "http://www.w3.org/2001/04/xmlenc#";
    public const string Success = "urn:oasis:names:tc:SAML:2.0:status:Success";
    public const string Bearer = "urn:oasis:names:tc:SAML:2.0:cm:bearer";
}
