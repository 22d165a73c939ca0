namespace EdgeCache.Edge.Pipeline;

/// <summary>Where a request stands: the same words in code, logs and metrics.</summary>
internal enum RequestPhase
{
    /// <summary>From bytes to a typed operation; what is not a cacheable read turns off to <see cref="PassOn"/>.</summary>
    Parse,

    /// <summary>Who asks.</summary>
    Authenticate,

    /// <summary>Whether they may, by the bucket's facts and again by the version's.</summary>
    Authorise,

    /// <summary>Which version the key names.</summary>
    Resolve,

    /// <summary>Which of its chunks are stored.</summary>
    Lookup,

    /// <summary>Waiting for the first byte that is not.</summary>
    Fill,

    /// <summary>Head and body.</summary>
    Respond,

    /// <summary>The request goes to the bucket's home region as it came.</summary>
    PassOn,
}
