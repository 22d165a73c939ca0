using EdgeCache.Shared.Iam;

namespace EdgeCache.Origin.ControlPlane.Federation;

/// <summary>Who asks for a key without an API token: a feature of the request, which knows more the further the request has come.</summary>
/// <param name="organizationId">The organization that the request names, which has the configuration that it names.</param>
/// <param name="action">What is asked for.</param>
internal sealed class FederatedCaller(string organizationId, string action)
{
    public string OrganizationId => organizationId;

    public string Action => action;

    /// <summary>Who it is; null until the credential was found good.</summary>
    public Principal? Principal { get; set; }

    /// <summary>Whether the principal may have a key; null until that was decided.</summary>
    public AccessDecision? Decision { get; set; }

    /// <summary>The key that was issued; null when none was.</summary>
    public string? AccessKeyId { get; set; }
}
