using System.Xml;

namespace EdgeCache.Origin.Identity.Federation.Saml;

/// <summary>Until when an assertion must be remembered, and the session that it tells of.</summary>
/// <param name="RememberUntil">From when on it is refused for its age by every configuration, whatever its recipients and its clock skew.</param>
/// <param name="SessionEndsAt">The earliest SessionNotOnOrAfter; null when there is none.</param>
internal readonly record struct SamlWindow(DateTimeOffset RememberUntil, DateTimeOffset? SessionEndsAt);

/// <summary>What an assertion says of its issuer, its audience, its recipient and its times (saml-core-2.0-os 2.3 to 2.7).</summary>
internal static class SamlAssertionChecks
{
    public static FederationProblem? Check(SamlDocument document, SamlSettings settings, SamlClock clock, out SamlWindow window)
    {
        window = default;
        var assertion = document.Assertion;
        if (assertion.Only("Issuer", SamlNames.Assertion)?.TextOnly() != settings.Issuer)
        {
            return FederationProblem.Rejected("The Assertion's Issuer is not the configured identity provider.");
        }

        if (!assertion.TryReadTime("IssueInstant", out var issued) || clock.IsBefore(issued))
        {
            return FederationProblem.Rejected("The Assertion's IssueInstant is missing or in the future.");
        }

        return CheckConditions(assertion, settings, clock, out var conditionsEnd)
            ?? CheckSubject(document, settings, clock)
            ?? CheckSessions(assertion, clock, out var sessionEnd)
            ?? Close(conditionsEnd, issued + SamlValidator.MaxAge, sessionEnd, clock, out window);
    }

    private static FederationProblem? Close(
        DateTimeOffset conditionsEnd, DateTimeOffset oldest, DateTimeOffset? sessionEnd, SamlClock clock, out SamlWindow window)
    {
        var end = conditionsEnd < oldest ? conditionsEnd : oldest;
        window = new SamlWindow(end.AddSeconds(SamlSettings.MaxClockSkewSeconds), sessionEnd);
        return clock.IsAfter(oldest) ? FederationProblem.Rejected("The Assertion has expired: it was issued too long ago.") : null;
    }

    private static FederationProblem? CheckConditions(XmlElement assertion, SamlSettings settings, SamlClock clock, out DateTimeOffset end)
    {
        end = default;
        if (assertion.Only("Conditions", SamlNames.Assertion) is not { } conditions)
        {
            return FederationProblem.Rejected("The Assertion must have one Conditions element.");
        }

        if (conditions.Attribute("NotBefore") is not null && (!conditions.TryReadTime("NotBefore", out var start) || clock.IsBefore(start)))
        {
            return FederationProblem.Rejected("The Assertion is not valid yet.");
        }

        if (!conditions.TryReadTime("NotOnOrAfter", out end) || clock.IsAfter(end))
        {
            return FederationProblem.Rejected("The Assertion has expired, or its Conditions have no NotOnOrAfter.");
        }

        var restrictions = 0;
        foreach (var condition in conditions.ChildNodes.OfType<XmlElement>())
        {
            if (condition.Is("AudienceRestriction", SamlNames.Assertion))
            {
                restrictions++;
                if (!condition.Elements("Audience", SamlNames.Assertion).Any(audience => audience.TextOnly() == settings.Audience))
                {
                    return FederationProblem.Rejected("The Assertion is for another Audience.");
                }
            }
            else if (!condition.Is("OneTimeUse", SamlNames.Assertion) && !condition.Is("ProxyRestriction", SamlNames.Assertion))
            {
                // saml-core 2.5.1.1: a condition that is not understood leaves the validity undetermined.
                return FederationProblem.Rejected("The Assertion has a condition that is not understood.");
            }
        }

        return restrictions > 0 ? null : FederationProblem.Rejected("The Assertion is not restricted to an Audience.");
    }

    private static FederationProblem? CheckSubject(SamlDocument document, SamlSettings settings, SamlClock clock)
    {
        var answersTo = document.Response.Attribute("InResponseTo");
        var reason = "The Assertion must have one Subject with a bearer confirmation.";
        var subject = document.Assertion.Only("Subject", SamlNames.Assertion);
        foreach (var confirmation in subject?.Elements("SubjectConfirmation", SamlNames.Assertion) ?? [])
        {
            if (confirmation.Attribute("Method") != SamlNames.Bearer)
            {
                continue;
            }

            reason = confirmation.Only("SubjectConfirmationData", SamlNames.Assertion) is { } data
                ? CheckConfirmation(data, answersTo, settings, clock)
                : "A bearer confirmation must have one SubjectConfirmationData.";
            if (reason is null)
            {
                return null;
            }
        }

        return FederationProblem.Rejected(reason!);
    }

    /// <summary>saml-profiles 4.1.4.2 and 4.1.4.3: Recipient and NotOnOrAfter must be there, NotBefore must not.</summary>
    private static string? CheckConfirmation(XmlElement data, string? answersTo, SamlSettings settings, SamlClock clock)
    {
        if (data.Attribute("Recipient") is not { } recipient || !settings.Recipients.Contains(recipient))
        {
            return "The Assertion is for another Recipient.";
        }

        if (data.Attribute("NotBefore") is not null)
        {
            return "A bearer confirmation must not have NotBefore.";
        }

        if (!data.TryReadTime("NotOnOrAfter", out var end) || clock.IsAfter(end))
        {
            return "The Subject's confirmation has expired, or has no NotOnOrAfter.";
        }

        var confirmed = data.Attribute("InResponseTo");
        return settings.InResponseTo switch
        {
            InResponseToPolicy.Unsolicited when answersTo is not null || confirmed is not null => "Only unsolicited responses are accepted: InResponseTo must be absent.",
            InResponseToPolicy.Solicited when string.IsNullOrEmpty(confirmed) => "The Subject's confirmation must have InResponseTo.",
            _ when answersTo is not null && confirmed is not null && answersTo != confirmed => "The Response and its Assertion answer different requests.",
            _ => null,
        };
    }

    private static FederationProblem? CheckSessions(XmlElement assertion, SamlClock clock, out DateTimeOffset? end)
    {
        end = null;
        var statements = 0;
        foreach (var statement in assertion.Elements("AuthnStatement", SamlNames.Assertion))
        {
            statements++;
            if (statement.Attribute("SessionNotOnOrAfter") is null)
            {
                continue;
            }

            if (!statement.TryReadTime("SessionNotOnOrAfter", out var sessionEnd) || clock.Now >= sessionEnd)
            {
                return FederationProblem.Rejected("The session at the identity provider is over.");
            }

            end = end < sessionEnd ? end : sessionEnd;
        }

        return statements > 0 ? null : FederationProblem.Rejected("The Assertion has no AuthnStatement.");
    }
}
