namespace EdgeCache.Edge.Filling;

/// <summary>Where the fetch of a chunk stands.</summary>
internal enum FillState
{
    /// <summary>Waiting for its turn and a buffer.</summary>
    Queued,

    /// <summary>Bytes are arriving, or asked for.</summary>
    Filling,

    /// <summary>The upstream went silent or broke off; another attempt goes on from where it stopped.</summary>
    Stalled,

    /// <summary>All bytes are here.</summary>
    Complete,

    /// <summary>Given up after the last attempt, or at once when asking again can't help.</summary>
    Failed,

    /// <summary>Everyone left before the fetch began.</summary>
    Abandoned,
}

/// <summary>Why the fetch of a chunk failed.</summary>
internal enum FillFailure
{
    /// <summary>It did not.</summary>
    None,

    /// <summary>The origin no longer has this version, or another took its place: ask which version it is now.</summary>
    VersionGone,

    /// <summary>The origin can't be reached, or every attempt stalled or broke off: a later request may do better.</summary>
    Unreachable,

    /// <summary>The origin refuses the edge, or its answers make no sense.</summary>
    Refused,

    /// <summary>Too many fetches wait already.</summary>
    Busy,

    /// <summary>The fetch of the whole chunk began first: its bytes are found there.</summary>
    Superseded,
}
