using EdgeCache.Shared.S3.Cors;
using EdgeCache.Shared.S3.Lifecycle;

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
}
