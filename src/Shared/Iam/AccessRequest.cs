using EdgeCache.Shared.Replication;

namespace EdgeCache.Shared.Iam;

/// <summary>A question to <see cref="AccessEvaluator"/>.</summary>
public readonly record struct AccessRequest
{
    /// <summary>Who asks.</summary>
    public required Principal Principal { get; init; }

    /// <summary>For what, e.g. <c>s3:GetObject</c>; names compare without regard to case.</summary>
    public required string Action { get; init; }

    /// <summary>The caller's organization. A <see cref="PrincipalKind.User"/> without it is denied everything.</summary>
    public OrganizationFacts? Organization { get; init; }

    /// <summary>The name of the bucket addressed; empty for actions above buckets.</summary>
    public string BucketName { get => field ?? string.Empty; init; }

    /// <summary>The key addressed; empty for actions on buckets.</summary>
    public string Key { get => field ?? string.Empty; init; }

    /// <summary>The version addressed; null when it is that of the query's <c>versionId</c>, if any.</summary>
    public string? VersionId { get; init; }

    /// <summary>The bucket; null only for actions that need none (CreateBucket, ListAllMyBuckets, the control plane's).</summary>
    public BucketFacts? Bucket { get; init; }

    /// <summary>
    /// The object. <see cref="ObjectAccess.Absent"/> when it is known not to exist; null when it is not known or plays no part, in which case its
    /// ACL allows nothing.
    /// </summary>
    public ObjectAccess? Object { get; init; }

    /// <summary>The key whose absence is in question: listing it alone would tell as much, so it counts as the prefix.</summary>
    internal string? AbsentKey { get; init; }

    /// <summary>What conditions are decided on; null when nothing is known of the request itself, in which case every key is absent.</summary>
    public RequestConditions? Conditions { get; init; }
}
