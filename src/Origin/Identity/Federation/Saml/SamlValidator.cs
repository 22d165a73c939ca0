using System.Security.Cryptography;
using System.Text;
using System.Xml;

namespace EdgeCache.Origin.Identity.Federation.Saml;

/// <summary>
/// Decides whether a SAML response proves a role (saml-profiles-2.0-os 4.1.4.3, for a service that never sends requests). Bounds and form come
/// first, then the signatures, and only then what the response says; everything of weight is read from the assertion that was signed.
/// </summary>
internal sealed class SamlValidator(TimeProvider time)
{
    /// <summary>For how long after it was issued an assertion can serve, whatever it says itself: bounds what must be remembered of it.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromHours(12);

    /// <param name="base64">The response as it was sent.</param>
    /// <param name="wantedRole">Which of several roles to take; null when there is one only.</param>
    /// <param name="settings">The identity provider's configuration.</param>
    /// <param name="identity">Whom it proves, when there is no problem. It has a use that is to be recorded before anything is granted.</param>
    public FederationProblem? Validate(string base64, string? wantedRole, SamlSettings settings, out FederatedIdentity? identity)
    {
        identity = null;
        if (SamlDocument.TryParse(base64, out var document) is { } unreadable)
        {
            return unreadable;
        }

        var certificates = settings.Certificates.SelectMany(static pem => SigningCertificate.TryReadPem(pem, out _) ?? []).ToArray();
        try
        {
            if (SamlSignature.Verify(document!, certificates, out var signer, out var responseIsSigned) is { } forged)
            {
                return forged;
            }

            var clock = new SamlClock(time.GetUtcNow(), TimeSpan.FromSeconds(settings.ClockSkewSeconds));
            return CheckResponse(document!.Response, responseIsSigned, settings)
                ?? SamlAssertionChecks.Check(document, settings, clock, out var window)
                ?? SamlAttributes.Read(document.Assertion, wantedRole, settings, out identity)
                ?? Complete(ref identity, document.Assertion, signer!, window);
        }
        finally
        {
            Array.ForEach(certificates, static c => c.Dispose());
        }
    }

    private static FederationProblem? Complete(ref FederatedIdentity? identity, XmlElement assertion, SigningCertificate signer, SamlWindow window)
    {
        identity = identity! with { SessionEndsAt = window.SessionEndsAt, Use = new CredentialUse(Fingerprint(assertion, signer), window.RememberUntil) };
        return null;
    }

    /// <summary>Names an assertion by its signer's key and its ID: a stranger who learns an ID can't use it up, as he can't sign.</summary>
    private static string Fingerprint(XmlElement assertion, SigningCertificate signer) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"saml\n{signer.KeyFingerprint}\n{assertion.Attribute("ID")}")));

    private static FederationProblem? CheckResponse(XmlElement response, bool isSigned, SamlSettings settings)
    {
        var status = response.Only("Status", SamlNames.Protocol)?.Only("StatusCode", SamlNames.Protocol)?.Attribute("Value");
        if (status != SamlNames.Success)
        {
            return FederationProblem.Rejected("The identity provider's status is not Success.");
        }

        var destination = response.Attribute("Destination");
        if (destination is null ? isSigned : !settings.Recipients.Contains(destination))
        {
            return FederationProblem.Rejected("The Destination is not an address of this configuration's recipients.");
        }

        var issuers = response.Elements("Issuer", SamlNames.Assertion).ToArray();
        return issuers.Length == 0 || (issuers is [var issuer] && issuer.TextOnly() == settings.Issuer)
            ? null
            : FederationProblem.Rejected("The Response's Issuer is not the configured identity provider.");
    }
}

/// <summary>The time, and by how much the identity provider's clock may differ.</summary>
internal readonly record struct SamlClock(DateTimeOffset Now, TimeSpan Skew)
{
    public bool IsBefore(DateTimeOffset start) => Now < start - Skew;

    public bool IsAfter(DateTimeOffset end) => Now >= end + Skew;
}
