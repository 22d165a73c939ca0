using System.Xml;

namespace EdgeCache.Origin.Identity.Federation.Saml;

/// <summary>Takes the role and the groups from an assertion's attributes.</summary>
internal static class SamlAttributes
{
    public static FederationProblem? Read(XmlElement assertion, string? wantedRole, SamlSettings settings, out FederatedIdentity? identity)
    {
        identity = null;
        if (Values(assertion, settings.RoleAttribute) is not { } roles || Values(assertion, settings.GroupsAttribute) is not { } groupValues)
        {
            return FederationProblem.Rejected("An attribute of role or groups has something else than text.");
        }

        var distinct = roles.Distinct(StringComparer.Ordinal).ToArray();
        var role = wantedRole ?? (distinct is [var only] ? only : null);
        if (distinct.Length == 0)
        {
            return FederationProblem.Rejected($"The Assertion has no attribute {settings.RoleAttribute}.");
        }

        if (role is null)
        {
            return FederationProblem.Malformed("The Assertion has several roles: name the one to take in role.");
        }

        if (!distinct.Contains(role) || !FederatedNames.IsName(role))
        {
            return FederationProblem.Rejected("The role is not one that the Assertion states, or has characters that a principal's name can't have.");
        }

        if (settings.AllowedRoles.Length > 0 && !settings.AllowedRoles.Contains(role))
        {
            return FederationProblem.Forbidden("The configuration does not allow this role.");
        }

        if (FederatedNames.TryTakeGroups(groupValues, out var groups) is { } problem)
        {
            return problem;
        }

        identity = new FederatedIdentity { Principal = "saml/" + role, Groups = groups };
        return null;
    }

    /// <summary>All values of the attributes of a name; null when one has child elements.</summary>
    private static List<string>? Values(XmlElement assertion, string name)
    {
        var values = new List<string>();
        var attributes = assertion.Elements("AttributeStatement", SamlNames.Assertion)
            .SelectMany(static statement => statement.Elements("Attribute", SamlNames.Assertion))
            .Where(attribute => attribute.Attribute("Name") == name);
        foreach (var value in attributes.SelectMany(static a => a.Elements("AttributeValue", SamlNames.Assertion)))
        {
            if (value.TextOnly() is not { } text)
            {
                return null;
            }

            values.Add(text);
        }

        return values;
    }
}
