namespace EdgeCache.Shared.Replication;

/// <summary>One entry of a change feed. Entries of one stream are totally ordered by <see cref="Sequence"/>, without gaps in meaning:
/// whoever applied all entries up to N knows everything that was committed up to N.</summary>
/// <param name="Sequence">The position in the stream; positive and increasing.</param>
/// <param name="Kind">What changed.</param>
/// <param name="Bucket">The bucket concerned; empty for identity changes.</param>
/// <param name="Key">The object's key, or the access key id, principal or organization for identity changes; empty where none applies.</param>
/// <param name="At">When it was committed.</param>
public sealed record ChangeRecord(long Sequence, ChangeKind Kind, string Bucket, string Key, DateTimeOffset At);

/// <summary>What a change record is about.</summary>
public enum ChangeKind
{
    /// <summary>The versions of a key changed: created, deleted, or their tags, ACL or lock.</summary>
    ObjectChanged,

    /// <summary>A bucket was created, or its settings changed.</summary>
    BucketChanged,

    /// <summary>A bucket was deleted.</summary>
    BucketDeleted,

    /// <summary>An access key was created, changed or revoked.</summary>
    AccessKeyChanged,

    /// <summary>A principal's keys were revoked, or its groups changed.</summary>
    PrincipalChanged,

    /// <summary>An organization's policies or settings changed.</summary>
    OrganizationChanged,
}
