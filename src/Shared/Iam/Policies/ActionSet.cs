using System.Diagnostics;

namespace EdgeCache.Shared.Iam.Policies;

/// <summary>A set of known actions as bits, so that a statement about other actions is passed over in a nanosecond.</summary>
internal readonly record struct ActionSet(ulong Low, ulong High)
{
    /// <summary>How many actions there may be.</summary>
    public const int Capacity = 128;

    /// <summary>Every action of S3.</summary>
    public static ActionSet AllOfS3 { get; } = Matching("s3:*");

    /// <summary>Whether no action is in the set.</summary>
    public bool IsEmpty => (Low | High) == 0;

    /// <summary>The actions whose name matches a pattern; case does not matter.</summary>
    public static ActionSet Matching(string pattern)
    {
        Debug.Assert(IamActions.All.Length <= Capacity);
        var wildcard = new WildcardPattern(pattern.ToLowerInvariant());
        var set = default(ActionSet);
        foreach (var action in IamActions.All)
        {
            if (wildcard.IsMatch(action.Name.ToLowerInvariant()))
            {
                set = set.With(action);
            }
        }

        return set;
    }

    /// <summary>Whether an action is in the set.</summary>
    public bool Contains(IamAction action) => (((action.Index < 64 ? Low : High) >> (action.Index & 63)) & 1) != 0;

    public ActionSet With(IamAction action) =>
        action.Index < 64 ? this with { Low = Low | (1UL << action.Index) } : this with { High = High | (1UL << (action.Index - 64)) };

    public ActionSet Union(ActionSet other) => new(Low | other.Low, High | other.High);

    public ActionSet Except(ActionSet other) => new(Low & ~other.Low, High & ~other.High);
}
