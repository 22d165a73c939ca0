using EdgeCache.Shared.Iam;
using EdgeCache.Shared.SigV4;

namespace EdgeCache.Edge.Authentication;

/// <summary>
/// A caller whose identity is proven, or who claims none. Only <see cref="Authenticator"/> makes one and authorisation asks for one, so nothing
/// unauthenticated can be authorised.
/// </summary>
internal sealed class AuthenticatedCaller
{
    internal AuthenticatedCaller(Principal principal, SigV4Claim? claim) => (Principal, Claim) = (principal, claim);

    /// <summary>Who it is.</summary>
    public Principal Principal { get; }

    /// <summary>The verified claim; null for an anonymous caller.</summary>
    public SigV4Claim? Claim { get; }

    /// <summary>Whether the request was not signed.</summary>
    public bool IsAnonymous => Principal.Kind == PrincipalKind.Anonymous;
}
