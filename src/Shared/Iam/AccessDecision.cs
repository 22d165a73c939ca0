namespace EdgeCache.Shared.Iam;

/// <summary>An answer of <see cref="AccessEvaluator"/>.</summary>
/// <param name="Allowed">Whether the action may go on.</param>
/// <param name="Reason">Why, for logs: one of a few fixed sentences, without names or secrets.</param>
/// <param name="Policy">The policy that decided: <c>access-policy/&lt;name&gt;</c> or <c>bucket-policy</c>; null when none did.</param>
/// <param name="Statement">The statement of that policy that decided, by its name or Sid, else as <c>statement 2</c>.</param>
public sealed record AccessDecision(bool Allowed, string Reason, string? Policy = null, string? Statement = null)
{
    /// <summary>What the caller is told beyond that access is denied; null for nothing, as a rule.</summary>
    public string? Advice { get; init; }
}
