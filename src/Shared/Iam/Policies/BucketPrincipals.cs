using System.Collections.Immutable;
using System.Text.Json;

namespace EdgeCache.Shared.Iam.Policies;

/// <summary>
/// Reads the principals of a bucket policy: <c>*</c>, or <c>{"AWS": ...}</c> with <c>*</c>, an organization's id, <c>arn:aws:iam::&lt;org&gt;:root</c>,
/// <c>arn:aws:iam::&lt;org&gt;:user/&lt;principal&gt;</c> or <c>arn:aws:iam:::user/&lt;org&gt;</c>; or <c>{"CanonicalUser": ...}</c> with an organization's id.
/// </summary>
internal static class BucketPrincipals
{
    private const string ArnPrefix = "arn:aws:iam::";
    private const string UserPrefix = "user/";

    public static bool TryRead(PolicyReader reader, JsonElement element, bool isExclusion, out PrincipalSet? principals)
    {
        principals = null;
        var builder = ImmutableArray.CreateBuilder<PrincipalPattern>();
        if (element.ValueKind == JsonValueKind.String && element.GetString() == "*")
        {
            builder.Add(PrincipalPattern.Everyone);
        }
        else if (element.ValueKind != JsonValueKind.Object)
        {
            return reader.Fail($"Invalid principal in policy: {PolicyReader.Shown(element.ToString())}");
        }
        else
        {
            foreach (var kind in element.EnumerateObject())
            {
                if (!TryReadKind(reader, kind, builder))
                {
                    return false;
                }
            }
        }

        principals = new PrincipalSet(builder.DrainToImmutable(), isExclusion);
        return principals.Patterns.Length > 0 || reader.Fail("Invalid principal in policy: none is given");
    }

    private static bool TryReadKind(PolicyReader reader, JsonProperty kind, ImmutableArray<PrincipalPattern>.Builder principals)
    {
        if (kind.Name is not ("AWS" or "CanonicalUser"))
        {
            return reader.Fail($"Invalid principal in policy: {PolicyReader.Shown(kind.Name)} principals do not exist here");
        }

        if (!reader.TryReadTexts(kind.Value, kind.Name, listOnly: false, out var texts))
        {
            return false;
        }

        foreach (var text in texts)
        {
            var principal = kind.Name == "AWS" ? TryParse(text) : TryParseOrganization(text);
            if (principal is null)
            {
                return reader.Fail($"Invalid principal in policy: {PolicyReader.Shown(text)}");
            }

            principals.Add(principal);
        }

        return true;
    }

    private static PrincipalPattern? TryParse(string text)
    {
        if (text == "*")
        {
            return PrincipalPattern.Everyone;
        }

        if (!text.StartsWith(ArnPrefix, StringComparison.Ordinal))
        {
            return TryParseOrganization(text);
        }

        var rest = text[ArnPrefix.Length..];
        var colon = rest.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0)
        {
            return null;
        }

        var (organization, resource) = (rest[..colon], rest[(colon + 1)..]);
        var user = resource.StartsWith(UserPrefix, StringComparison.Ordinal) ? resource[UserPrefix.Length..] : null;
        return organization.Length == 0 ? (user is null ? null : TryParseOrganization(user))
            : resource == "root" ? TryParseOrganization(organization)
            : user is not null && OrganizationName.IsWellFormed(organization) && PrincipalNames.IsWellFormed(user)
                ? new PrincipalPattern(PrincipalPatternKind.Name, organization, user)
            : null;
    }

    private static PrincipalPattern? TryParseOrganization(string id) =>
        OrganizationName.IsWellFormed(id) ? new PrincipalPattern(PrincipalPatternKind.Organization, id, string.Empty) : null;
}
