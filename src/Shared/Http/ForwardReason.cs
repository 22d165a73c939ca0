namespace EdgeCache.Shared.Http;

/// <summary>Why a cache went to the origin: the values of <c>fwd</c> (RFC 9211 section 2.2).</summary>
public enum ForwardReason
{
    /// <summary>The cache was configured not to handle this request.</summary>
    Bypass,

    /// <summary>The request method's semantics require the request to be forwarded.</summary>
    Method,

    /// <summary>Nothing is cached for this URI.</summary>
    UriMiss,

    /// <summary>Something is cached for this URI, but not for this request's headers.</summary>
    VaryMiss,

    /// <summary>Nothing cached can be used for this request, for a reason not told apart further.</summary>
    Miss,

    /// <summary>A fresh response is cached, but the request forbids its use.</summary>
    Request,

    /// <summary>A response is cached, but it is stale.</summary>
    Stale,

    /// <summary>Only a part of the response is cached.</summary>
    Partial,
}
