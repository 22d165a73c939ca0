namespace EdgeCache.Edge.Storage;

/// <summary>What a drive did with a chunk.</summary>
internal enum AppendOutcome
{
    /// <summary>It is stored, and visible to readers.</summary>
    Stored,

    /// <summary>The write budget keeps it out: nor may another drive take it.</summary>
    NotAdmitted,

    /// <summary>The drive takes nothing now: another one may.</summary>
    Unavailable,
}
