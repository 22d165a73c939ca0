using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace EdgeCache.Origin.Identity.Federation.Saml;

/// <summary>What is expected of an identity provider's SAML responses.</summary>
internal sealed record SamlSettings
{
    /// <summary>The identity provider's entity id: the Issuer of every assertion.</summary>
    public required string Issuer { get; init; }

    /// <summary>
    /// Certificates in PEM whose keys may sign; several while the provider changes keys. Only the keys matter: a certificate whose time is over
    /// still verifies (as in the SAML metadata interoperability profile), and the configuration's warnings tell of it.
    /// </summary>
    public required ImmutableArray<string> Certificates { get; init; }

    /// <summary>The name by which the provider knows this service: each assertion must be restricted to it.</summary>
    public required string Audience { get; init; }

    /// <summary>The addresses that Destination and Recipient may name.</summary>
    public required ImmutableArray<string> Recipients { get; init; }

    /// <summary>Whether a response may, must or may not answer a request.</summary>
    public InResponseToPolicy InResponseTo { get; init; } = InResponseToPolicy.Unsolicited;

    /// <summary>The attribute that names the role.</summary>
    public string RoleAttribute { get; init; } = "role";

    /// <summary>The attribute that lists groups.</summary>
    public string GroupsAttribute { get; init; } = "groups";

    /// <summary>The roles that may be taken; empty for any.</summary>
    public ImmutableArray<string> AllowedRoles { get; init; } = [];

    /// <summary>By how much the clocks may differ, in seconds, 0 to <see cref="MaxClockSkewSeconds"/>.</summary>
    public int ClockSkewSeconds { get; init; } = 60;

    public const int MaxClockSkewSeconds = 300;
}

/// <summary>What <c>InResponseTo</c> may say. This service sends no requests of its own.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<InResponseToPolicy>))]
internal enum InResponseToPolicy
{
    /// <summary>It must be absent: only what the provider or its user began.</summary>
    [JsonStringEnumMemberName("unsolicited")]
    Unsolicited,

    /// <summary>It must be there, for a broker in front of this service that sends requests and checks their ids itself.</summary>
    [JsonStringEnumMemberName("solicited")]
    Solicited,

    /// <summary>It may be there or not.</summary>
    [JsonStringEnumMemberName("any")]
    Any,
}
