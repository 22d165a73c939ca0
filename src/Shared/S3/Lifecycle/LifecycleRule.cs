using System.Collections.Immutable;

namespace EdgeCache.Shared.S3.Lifecycle;

/// <summary>
/// One rule of a lifecycle configuration
/// (<see href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html">lifecycle configuration elements</see>).
/// </summary>
public sealed record LifecycleRule
{
    /// <summary>Its name, unique in the configuration, at most 255 characters.</summary>
    public required string Id { get; init; }

    /// <summary>Whether it is carried out.</summary>
    public required bool IsEnabled { get; init; }

    /// <summary>Whether it was written with a Filter, and not with a Prefix of the rule's own.</summary>
    public bool HasFilter { get; init; }

    /// <summary>Which objects it is about.</summary>
    public LifecycleFilter Filter { get; init; } = new();

    /// <summary>When current versions end; null for never.</summary>
    public LifecycleExpiration? Expiration { get; init; }

    /// <summary>When noncurrent versions end; null for never.</summary>
    public NoncurrentExpiration? NoncurrentExpiration { get; init; }

    /// <summary>When current versions change their storage class.</summary>
    public ImmutableArray<LifecycleTransition> Transitions { get; init; } = [];

    /// <summary>When noncurrent versions change their storage class.</summary>
    public ImmutableArray<NoncurrentTransition> NoncurrentTransitions { get; init; } = [];

    /// <summary>How many days after its beginning an upload in parts is given up; null for never.</summary>
    public int? AbortUploadAfterDays { get; init; }
}

/// <summary>Which objects a rule is about: those that all of it fits.</summary>
public sealed record LifecycleFilter
{
    /// <summary>What keys begin with.</summary>
    public string Prefix { get; init; } = string.Empty;

    /// <summary>Tags that the object has.</summary>
    public ImmutableArray<LifecycleTag> Tags { get; init; } = [];

    /// <summary>The object is larger than this, in bytes; null for no bound.</summary>
    public long? SizeGreaterThan { get; init; }

    /// <summary>The object is smaller than this, in bytes; null for no bound.</summary>
    public long? SizeLessThan { get; init; }

    /// <summary>Whether it asks for more than the key, so that it can't be about uploads or delete markers.</summary>
    public bool IsOfContent => !Tags.IsEmpty || SizeGreaterThan is not null || SizeLessThan is not null;

    /// <summary>Whether it fits an object.</summary>
    public bool Fits(string key, long size, ImmutableSortedDictionary<string, string> tags)
    {
        if (!key.StartsWith(Prefix, StringComparison.Ordinal) || size <= SizeGreaterThan || size >= SizeLessThan)
        {
            return false;
        }

        foreach (var tag in Tags)
        {
            if (!tags.TryGetValue(tag.Key, out var value) || value != tag.Value)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether it fits whatever has that key: a delete marker, or an upload.</summary>
    public bool FitsKey(string key) => !IsOfContent && key.StartsWith(Prefix, StringComparison.Ordinal);
}

/// <summary>A tag that a filter asks for.</summary>
/// <param name="Key">Its name.</param>
/// <param name="Value">Its value.</param>
public sealed record LifecycleTag(string Key, string Value);

/// <summary>When current versions end: one of the three.</summary>
/// <param name="Days">So many days after their creation.</param>
/// <param name="Date">At a date, a midnight of UTC.</param>
/// <param name="ExpiredObjectDeleteMarker">Delete markers under which no version is left go.</param>
public sealed record LifecycleExpiration(int? Days, DateTimeOffset? Date, bool? ExpiredObjectDeleteMarker);

/// <summary>When noncurrent versions end.</summary>
/// <param name="Days">So many days after they were overwritten or deleted.</param>
/// <param name="NewerVersions">How many of the newest noncurrent ones stay; null for none.</param>
public sealed record NoncurrentExpiration(int Days, int? NewerVersions);

/// <summary>When current versions change their storage class: one of the two.</summary>
/// <param name="Days">So many days after their creation.</param>
/// <param name="Date">At a date, a midnight of UTC.</param>
/// <param name="StorageClass">The class that they get.</param>
public sealed record LifecycleTransition(int? Days, DateTimeOffset? Date, string StorageClass);

/// <summary>When noncurrent versions change their storage class.</summary>
/// <param name="Days">So many days after they were overwritten or deleted.</param>
/// <param name="NewerVersions">How many of the newest noncurrent ones keep theirs; null for none.</param>
/// <param name="StorageClass">The class that they get.</param>
public sealed record NoncurrentTransition(int Days, int? NewerVersions, string StorageClass);
