namespace EdgeCache.Edge.Upstream;

/// <summary>Why an upstream gave no usable answer: whose fault it is and whether asking again can help.</summary>
internal enum UpstreamFault
{
    /// <summary>There is an answer.</summary>
    None,

    /// <summary>No connection, a timeout, or a 5xx: asking again later can help.</summary>
    Unreachable,

    /// <summary>Not asked, since too many such questions were: asking again later can help.</summary>
    Limited,

    /// <summary>The answer is a refusal or makes no sense: the deployment is misconfigured, or the tiers disagree. Asking again does not help.</summary>
    Refused,
}
