namespace EdgeCache.Origin.Pipeline;

/// <summary>Where a request stands; the same words appear in logs and metrics.</summary>
internal enum RequestPhase
{
    /// <summary>Which operation on what.</summary>
    Parse,

    /// <summary>Who asks.</summary>
    Authenticate,

    /// <summary>Whether they may.</summary>
    Authorise,

    /// <summary>Doing it, up to the response's head.</summary>
    Execute,

    /// <summary>Sending the response's body.</summary>
    Respond,
}

/// <summary>How a request ended.</summary>
internal enum RequestOutcome
{
    /// <summary>Answered with success, or with 304.</summary>
    Served,

    /// <summary>Answered with an error that is the client's (4xx).</summary>
    Refused,

    /// <summary>Answered with an error that is ours (5xx).</summary>
    Failed,

    /// <summary>The client left before its answer was complete.</summary>
    ClientGone,

    /// <summary>The connection was cut since the stored bytes could not be read: better than a short body.</summary>
    Truncated,
}
