namespace EdgeCache.Origin.Identity.Federation;

/// <summary>Why a federated credential was not accepted, in words that the caller may read.</summary>
/// <param name="Fault">Whose fault it is, and so which status answers it.</param>
/// <param name="Message">What was wrong. It repeats nothing of the credential but its claims.</param>
internal sealed record FederationProblem(FederationFault Fault, string Message)
{
    public static FederationProblem Malformed(string message) => new(FederationFault.Malformed, message);

    public static FederationProblem Rejected(string message) => new(FederationFault.Rejected, message);

    public static FederationProblem Forbidden(string message) => new(FederationFault.Forbidden, message);
}

/// <summary>The sorts of refusal.</summary>
internal enum FederationFault
{
    /// <summary>The credential can't be read: 400.</summary>
    Malformed,

    /// <summary>The credential or a part of it exceeds a bound: 413.</summary>
    TooLarge,

    /// <summary>The credential proves nothing here: 401.</summary>
    Rejected,

    /// <summary>The credential was good, but has been used before: 401.</summary>
    Replayed,

    /// <summary>The credential is good, but its holder may not have keys: 403.</summary>
    Forbidden,

    /// <summary>The issuer's keys can't be had at this time: 503. Trying again later can help.</summary>
    IssuerUnavailable,

    /// <summary>Too many credentials are remembered at this time: 503. Trying again later can help.</summary>
    Exhausted,
}
