using System.Collections.Immutable;
using EdgeCache.Shared.Iam.Conditions;

namespace EdgeCache.Shared.Iam.Policies;

/// <summary>A statement, compiled. It carries the decisions that it may make, so that deciding allocates nothing.</summary>
internal sealed class PolicyStatement
{
    /// <summary>The statement's name in decisions and problems.</summary>
    public required string Name { get; init; }

    /// <summary>Whether it allows; else it denies.</summary>
    public required bool IsAllow { get; init; }

    public required PrincipalSet Principals { get; init; }

    /// <summary>The actions it is about; <c>NotAction</c> is compiled away.</summary>
    public required ActionSet Actions { get; init; }

    /// <summary>The resources it is about, or is not about, as <c>bucket</c> or <c>bucket/key</c>.</summary>
    public required ImmutableArray<WildcardPattern> Resources { get; init; }

    /// <summary>Whether it is about all resources but these (<c>NotResource</c>).</summary>
    public bool ExcludesResources { get; init; }

    public ImmutableArray<Condition> Conditions { get; init; } = [];

    public required AccessDecision Denied { get; init; }

    public required AccessDecision Allowed { get; init; }

    /// <summary>Of access policies: allowed, since the bucket is of the caller's organization too.</summary>
    public AccessDecision? AllowedAsOwner { get; init; }

    /// <summary>Whether it lets in callers that no fixed value of a trusted key narrows down.</summary>
    public bool IsPublic => IsAllow && Principals.IncludesEveryone && !Conditions.Any(static condition => condition.Narrows);

    /// <summary>Whether the statement is about this request.</summary>
    public bool IsMatch(in EvaluationContext context)
    {
        if (!Actions.Contains(context.Action) || !Principals.Contains(context.Principal) || MatchesResource(context) == ExcludesResources)
        {
            return false;
        }

        foreach (var condition in Conditions)
        {
            if (!condition.IsMet(context))
            {
                return false;
            }
        }

        return true;
    }

    private bool MatchesResource(in EvaluationContext context)
    {
        foreach (var pattern in Resources)
        {
            if (pattern.IsMatch(context.Resource))
            {
                return true;
            }
        }

        return false;
    }
}
