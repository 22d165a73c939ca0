using System.Collections.Immutable;

namespace EdgeCache.Shared.Iam.Policies;

/// <summary>Whom a statement is about.</summary>
/// <param name="Patterns">The principals named.</param>
/// <param name="IsExclusion">Whether it is about everyone but these (<c>NotPrincipal</c>).</param>
internal sealed record PrincipalSet(ImmutableArray<PrincipalPattern> Patterns, bool IsExclusion)
{
    /// <summary>Whether callers of any organization, or none, may be among them.</summary>
    public bool IncludesEveryone => IsExclusion || Patterns.Any(static pattern => pattern.Kind == PrincipalPatternKind.Everyone);

    public bool Contains(Principal principal)
    {
        foreach (var pattern in Patterns)
        {
            if (pattern.IsMatch(principal))
            {
                return !IsExclusion;
            }
        }

        return IsExclusion;
    }
}

/// <summary>One principal of a policy.</summary>
/// <param name="Kind">What it names.</param>
/// <param name="OrganizationId">The organization; empty where any will do.</param>
/// <param name="Name">The principal's name or the beginning of it; empty for an organization.</param>
internal sealed record PrincipalPattern(PrincipalPatternKind Kind, string OrganizationId, string Name)
{
    public static PrincipalPattern Everyone { get; } = new(PrincipalPatternKind.Everyone, string.Empty, string.Empty);

    public bool IsMatch(Principal principal) => Kind switch
    {
        PrincipalPatternKind.Everyone => true,
        PrincipalPatternKind.Organization => IsOfOrganization(principal),
        PrincipalPatternKind.Name => IsOfOrganization(principal) && principal.Name == Name,
        PrincipalPatternKind.NamePrefix => IsOfOrganization(principal) && principal.Name.StartsWith(Name, StringComparison.Ordinal),
    };

    private bool IsOfOrganization(Principal principal) =>
        principal.Kind == PrincipalKind.User && (OrganizationId.Length == 0 || principal.OrganizationId == OrganizationId);
}

/// <summary>What a principal of a policy names.</summary>
internal enum PrincipalPatternKind
{
    Everyone,
    Organization,
    Name,
    NamePrefix,
}
