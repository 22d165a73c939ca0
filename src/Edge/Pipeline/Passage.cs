namespace EdgeCache.Edge.Pipeline;

/// <summary>How far a request came on its way to the origin. It decides who records it.</summary>
internal enum Passage
{
    /// <summary>It was not passed on: the edge answers, and records.</summary>
    None,

    /// <summary>It is on its way, was answered, or its client broke it off: the origin records.</summary>
    Sent,

    /// <summary>No connection to the origin came about: the edge answers, and records.</summary>
    NotSent,

    /// <summary>
    /// It was sent and no answer came. The edge records what it answers in the origin's place. Whether the origin did what was asked for, only
    /// its own record can tell, which names this one.
    /// </summary>
    Unanswered,
}
