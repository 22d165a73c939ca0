using System.Collections.Immutable;

namespace EdgeCache.Origin.Catalog;

/// <summary>What lifecycle rules look at.</summary>
internal sealed record LifecycleVersion
{
    /// <summary>Its row: of a key's versions the greatest is the newest.</summary>
    public required long Row { get; init; }

    /// <summary>The key.</summary>
    public required string Key { get; init; }

    /// <summary>The version id as it is kept.</summary>
    public required string VersionId { get; init; }

    /// <summary>Whether it is the current one.</summary>
    public required bool IsLatest { get; init; }

    /// <summary>Whether it is a delete marker.</summary>
    public required bool IsDeleteMarker { get; init; }

    /// <summary>Its length, in bytes.</summary>
    public required long Size { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset LastModified { get; init; }

    /// <summary>Its storage class.</summary>
    public required string StorageClass { get; init; }

    /// <summary>Whether it has tags.</summary>
    public required bool HasTags { get; init; }

    /// <summary>Its tags, if they were asked for.</summary>
    public ImmutableSortedDictionary<string, string> Tags { get; init; } = StringMap.EmptyTags;

    /// <summary>Of a delete marker that is current: whether the key has no other version.</summary>
    public bool IsAlone { get; init; }
}

/// <summary>What is to be done with a version.</summary>
internal enum LifecycleActionKind
{
    /// <summary>Delete the current version as its bucket's versioning says.</summary>
    EndCurrent,

    /// <summary>Remove a noncurrent version for good.</summary>
    RemoveNoncurrent,

    /// <summary>Remove a delete marker that is all that is left of a key.</summary>
    RemoveMarker,

    /// <summary>Change the storage class.</summary>
    ChangeClass,
}

/// <summary>Something to be done.</summary>
/// <param name="Kind">What.</param>
/// <param name="Version">With which version, as it was when this was decided.</param>
/// <param name="StorageClass">The new storage class, where that changes.</param>
internal sealed record LifecycleAction(LifecycleActionKind Kind, LifecycleVersion Version, string? StorageClass = null);

/// <summary>What came of a batch.</summary>
/// <param name="Done">For each action whether it was carried out; not when the version had changed meanwhile, or is locked.</param>
internal sealed record LifecycleResult(ImmutableArray<bool> Done);
