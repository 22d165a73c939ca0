using EdgeCache.Shared.Iam;
using EdgeCache.Shared.S3;
using EdgeCache.Shared.SigV4;

namespace EdgeCache.Origin.Authentication;

/// <summary>
/// A request whose caller is known. Only <see cref="Authenticator"/> makes one, and all later stages ask for one, so nothing
/// unauthenticated reaches them.
/// </summary>
internal sealed class AuthenticatedRequest
{
    internal AuthenticatedRequest(S3Request request, Principal principal, SigV4Claim? claim, SigningKey? key, EdgeHop? via)
    {
        (Request, Principal, Claim, Key, Via) = (request, principal, claim, key, via);
    }

    public S3Request Request { get; }

    public Principal Principal { get; }

    /// <summary>The verified claim; null for an anonymous caller.</summary>
    public SigV4Claim? Claim { get; }

    /// <summary>The key that verified it, which also verifies the chunks of a streamed body; null for an anonymous caller.</summary>
    public SigningKey? Key { get; }

    /// <summary>The edge that passed the request on; null when it came directly.</summary>
    public EdgeHop? Via { get; }

    /// <summary>Whether an edge reads for its cache.</summary>
    public bool IsEdgeRead => Principal.Kind == PrincipalKind.Edge;
}
