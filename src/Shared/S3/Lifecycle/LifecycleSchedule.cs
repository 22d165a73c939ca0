using System.Collections.Immutable;
using EdgeCache.Shared.Http;
using EdgeCache.Shared.Replication;

namespace EdgeCache.Shared.S3.Lifecycle;

/// <summary>
/// When which rule acts on what
/// (<see href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html">how S3 calculates how long an object has been stored</see>):
/// so many days later, rounded up to the next midnight of UTC. With a shorter day, which is for tests, nothing is rounded.
/// </summary>
/// <param name="Day">The length of a day.</param>
public readonly record struct LifecycleSchedule(TimeSpan Day)
{
    /// <summary>The header that tells when an object ends.</summary>
    public const string Header = "x-amz-expiration";

    /// <summary>The days of the calendar.</summary>
    public static LifecycleSchedule Calendar { get; } = new(TimeSpan.FromDays(1));

    /// <summary>When a number of days after a moment is over.</summary>
    public DateTimeOffset After(DateTimeOffset since, int days)
    {
        // Two days are left at the end of time for the rounding.
        if (days > ((DateTimeOffset.MaxValue - since) / Day) - 2)
        {
            return DateTimeOffset.MaxValue;
        }

        return Day == TimeSpan.FromDays(1) ? NextMidnight(since.AddDays(days)) : since + (Day * days);
    }

    /// <summary>When the current version ends, and by which rule; null for never.</summary>
    public (DateTimeOffset At, LifecycleRule Rule)? Expiration(
        LifecycleConfiguration configuration, string key, long size, ImmutableSortedDictionary<string, string> tags, DateTimeOffset lastModified)
    {
        (DateTimeOffset At, LifecycleRule Rule)? earliest = null;
        foreach (var rule in configuration.Rules)
        {
            if (rule is { IsEnabled: true, Expiration: { } expiration } && (expiration.Date ?? After(lastModified, expiration.Days)) is { } at &&
                (earliest is null || at < earliest.Value.At) && rule.Filter.Fits(key, size, tags))
            {
                earliest = (at, rule);
            }
        }

        return earliest;
    }

    /// <summary>
    /// The value of <c>x-amz-expiration</c>: when a version that is current ends; null when it does not. It is told in days of the calendar.
    /// </summary>
    public static string? Describe(LifecycleConfiguration? configuration, VersionFacts version)
    {
        if (configuration is null || version.IsDeleteMarker ||
            Calendar.Expiration(configuration, version.Key, version.Size, version.Tags, version.LastModified) is not var (at, rule))
        {
            return null;
        }

        return $"expiry-date=\"{HttpDate.Format(at)}\", rule-id=\"{PercentEncoding.Encode(rule.Id, keepSlash: false)}\"";
    }

    private DateTimeOffset? After(DateTimeOffset since, int? days) => days is { } known ? After(since, known) : null;

    private static DateTimeOffset NextMidnight(DateTimeOffset at)
    {
        var day = new DateTimeOffset(at.UtcDateTime.Date, TimeSpan.Zero);
        return day == at ? day : day.AddDays(1);
    }
}
