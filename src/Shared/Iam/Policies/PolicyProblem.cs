namespace EdgeCache.Shared.Iam.Policies;

/// <summary>Why a policy document is refused.</summary>
/// <param name="Statement">The statement at fault, by its Sid or name, else as <c>statement 2</c>; null when the fault is outside all statements.</param>
/// <param name="Message">What is wrong, in words for its author.</param>
public sealed record PolicyProblem(string? Statement, string Message)
{
    /// <summary>Both in one sentence, for error messages.</summary>
    public override string ToString() => Statement is null ? Message : $"{Message} ({Statement})";
}
