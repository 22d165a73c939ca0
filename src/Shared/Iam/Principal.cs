using System.Collections.Immutable;

namespace EdgeCache.Shared.Iam;

/// <summary>Who acts.</summary>
/// <param name="Name"><c>coreweave/&lt;id&gt;</c>, <c>saml/&lt;role&gt;</c>, <c>static/&lt;key-id&gt;</c>, <c>edge/&lt;name&gt;</c>, or <c>anonymous</c>.</param>
/// <param name="OrganizationId">The organization it belongs to; empty for anonymous and for edges.</param>
/// <param name="Level">The ceiling of the key that it used.</param>
/// <param name="Groups">Its groups within the organization.</param>
/// <param name="Kind">What sort of caller this is.</param>
public sealed record Principal(string Name, string OrganizationId, AccessLevel Level, ImmutableArray<string> Groups, PrincipalKind Kind)
{
    /// <summary>
    /// Whether its key was made with an admin API token. No bucket policy of its own organization keeps it from reading, replacing and deleting that policy,
    /// as none keeps the root user of an AWS account from it.
    /// </summary>
    public bool IsAdmin { get; init; }

    /// <summary>The caller of an unsigned request.</summary>
    public static Principal Anonymous { get; } = new("anonymous", string.Empty, AccessLevel.Full, [], PrincipalKind.Anonymous);
}

/// <summary>The sort of caller.</summary>
public enum PrincipalKind
{
    /// <summary>A caller who proved an access key of an organization.</summary>
    User,

    /// <summary>A caller without credentials.</summary>
    Anonymous,

    /// <summary>An edge of this deployment, filling its cache: it may read any version of any object, having authorised its own caller.</summary>
    Edge,
}
