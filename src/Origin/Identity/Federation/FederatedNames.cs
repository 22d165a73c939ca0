using System.Buffers;
using System.Collections.Immutable;

namespace EdgeCache.Origin.Identity.Federation;

/// <summary>What of an identity provider's words may become part of a principal's name, or a group.</summary>
internal static class FederatedNames
{
    /// <summary>The longest role or subject, in characters (OpenID Connect Core 2 bounds <c>sub</c> alike).</summary>
    public const int MaxNameLength = 255;

    /// <summary>The longest group name, in characters.</summary>
    public const int MaxGroupLength = 256;

    /// <summary>How many groups a principal may have. More are refused rather than cut, since policies may deny by group.</summary>
    public const int MaxGroups = 200;

    /// <summary>Printable ASCII without the policies' wildcards, so that a name is never mistaken for a pattern.</summary>
    private static readonly SearchValues<char> Allowed = SearchValues.Create(
        " !\"#$%&'()+,-./0123456789:;<=>@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~");

    public static bool IsName(string name) =>
        name.Length is > 0 and <= MaxNameLength && !name.AsSpan().ContainsAnyExcept(Allowed) && name[0] != ' ' && name[^1] != ' ';

    /// <summary>Takes groups as an identity provider states them; a problem when they can't be taken whole.</summary>
    public static FederationProblem? TryTakeGroups(IEnumerable<string> stated, out ImmutableArray<string> groups)
    {
        groups = [.. stated.Distinct(StringComparer.Ordinal).Take(MaxGroups + 1)];
        if (groups.Length > MaxGroups)
        {
            return FederationProblem.Rejected($"More than {MaxGroups} groups are stated.");
        }

        return groups.All(static group => group.Length is > 0 and <= MaxGroupLength && !group.Any(char.IsControl))
            ? null
            : FederationProblem.Rejected($"A group is empty, longer than {MaxGroupLength} characters, or has control characters.");
    }
}
