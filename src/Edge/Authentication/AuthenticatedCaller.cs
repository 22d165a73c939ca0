using EdgeCache.Shared.Iam;

namespace EdgeCache.Edge.Authentication;

/// <summary>
/// A caller whose identity is proven, or who claims none. Only <see cref="Authenticator"/> makes one and authorisation asks for one, so nothing
/// unauthenticated can be authorised.
/// </summary>
internal sealed class AuthenticatedCaller
{
    internal AuthenticatedCaller(Principal principal) => Principal = principal;

    /// <summary>Who it is.</summary>
    public Principal Principal { get; }

    /// <summary>Whether the request was not signed.</summary>
    public bool IsAnonymous => Principal.Kind == PrincipalKind.Anonymous;
}
