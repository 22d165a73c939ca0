using System.Collections.Immutable;

namespace EdgeCache.Origin.Identity.Federation.Oidc;

/// <summary>What is expected of an OpenID Connect issuer's tokens.</summary>
internal sealed record OidcSettings
{
    /// <summary>The issuer, exactly as its tokens and its discovery document name it.</summary>
    public required string Issuer { get; init; }

    /// <summary>The names by which the issuer knows this service: a token must be for one of them.</summary>
    public required ImmutableArray<string> Audiences { get; init; }

    /// <summary>The claim that lists groups.</summary>
    public string GroupsClaim { get; init; } = "groups";

    /// <summary>The subjects that may have keys, each whole or with a <c>*</c> at its end; empty for any.</summary>
    public ImmutableArray<string> AllowedSubjects { get; init; } = [];

    /// <summary>The issuer's JSON Web Key Set, when it can't be reached from here; null to ask the issuer for it.</summary>
    public string? Jwks { get; init; }

    /// <summary>By how much the clocks may differ, in seconds, 0 to <see cref="MaxClockSkewSeconds"/>.</summary>
    public int ClockSkewSeconds { get; init; } = 60;

    public const int MaxClockSkewSeconds = 300;

    public bool Allows(string subject) => AllowedSubjects.Length == 0 || AllowedSubjects.Any(allowed =>
        allowed.EndsWith('*') ? subject.StartsWith(allowed[..^1], StringComparison.Ordinal) : subject == allowed);
}
