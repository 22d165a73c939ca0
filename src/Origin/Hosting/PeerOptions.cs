namespace EdgeCache.Origin.Hosting;

/// <summary>Where another region's origin is.</summary>
public sealed class PeerOptions
{
    /// <summary>The region's name.</summary>
    public string Name { get; set; } = string.Empty;

    /// <summary>Its S3 endpoint.</summary>
    public string S3Url { get; set; } = string.Empty;

    /// <summary>Its admin endpoint, for the API between tiers.</summary>
    public string AdminUrl { get; set; } = string.Empty;
}
