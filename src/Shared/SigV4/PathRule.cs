namespace EdgeCache.Shared.SigV4;

/// <summary>How a service turns the path of a request into the canonical URI.</summary>
internal enum PathRule
{
    /// <summary>S3: decode, then encode once, so that clients that escape differently agree. Nothing is normalised: <c>//</c> and <c>..</c> are parts of keys.</summary>
    S3,

    /// <summary>A generic service without normalisation: encode the path as it was sent.</summary>
    Encode,

    /// <summary>A generic service: remove dot segments and empty segments (RFC 3986, section 5.2.4), then encode the path as it was sent.</summary>
    NormalizeAndEncode,
}
