using EdgeCache.Shared.S3.Cors;
using EdgeCache.Shared.S3.Lifecycle;
using EdgeCache.Shared.S3.Website;

namespace EdgeCache.Shared.Replication;

/// <summary>What a bucket's owner configured of it beside access and versioning. Null everywhere: never configured.</summary>
public sealed record BucketConfigurations
{
    /// <summary>Nothing configured.</summary>
    public static BucketConfigurations None { get; } = new();

    /// <summary>Which pages of other origins may use the bucket.</summary>
    public CorsConfiguration? Cors { get; init; }

    /// <summary>When which objects end or change their storage class.</summary>
    public LifecycleConfiguration? Lifecycle { get; init; }

    /// <summary>How it is served as a website.</summary>
    public WebsiteConfiguration? Website { get; init; }

    /// <summary>Whether who asks pays, and has to say so.</summary>
    public bool RequesterPays { get; init; }

    /// <summary>Whether edges cache it; null when that was never said, and they do.</summary>
    public bool? IsAccelerated { get; init; }
}
