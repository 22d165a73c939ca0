using EdgeCache.Origin.Catalog;
using EdgeCache.Shared.S3.Lifecycle;

namespace EdgeCache.Origin.Maintenance.Lifecycle;

/// <summary>Decides what the rules do with each version of a bucket, in the order in which <see cref="LifecycleStore.ReadAsync"/> gives them.</summary>
internal sealed class LifecyclePlan(LifecycleSchedule schedule)
{
    private LifecycleVersion? _newer;
    private int _newerNoncurrent;

    /// <summary>What is due for the next version; null for nothing.</summary>
    public LifecycleAction? Next(LifecycleConfiguration configuration, LifecycleVersion version, DateTimeOffset now)
    {
        if (_newer?.Key != version.Key)
        {
            (_newer, _newerNoncurrent) = (null, 0);
        }

        var action = version.IsLatest ? ForCurrent(configuration, version, now)
            : _newer is null ? null // The newer one has gone since: the next pass sees what is so now.
            : ForNoncurrent(configuration, version, _newer.LastModified, now);
        _newer = version;
        if (version is { IsLatest: false, IsDeleteMarker: false })
        {
            _newerNoncurrent++;
        }

        return action;
    }

    private LifecycleAction? ForCurrent(LifecycleConfiguration configuration, LifecycleVersion version, DateTimeOffset now)
    {
        if (version.IsDeleteMarker)
        {
            return version.IsAlone && configuration.Rules.Any(rule => EndsMarker(rule, version, now))
                ? new LifecycleAction(LifecycleActionKind.RemoveMarker, version)
                : null;
        }

        if (schedule.Expiration(configuration, version.Key, version.Size, version.Tags, version.LastModified) is var (end, _) && end <= now)
        {
            return new LifecycleAction(LifecycleActionKind.EndCurrent, version);
        }

        (DateTimeOffset At, string StorageClass)? latest = null;
        foreach (var rule in configuration.Rules)
        {
            foreach (var transition in rule.IsEnabled ? rule.Transitions : [])
            {
                var at = transition.Date ?? schedule.After(version.LastModified, transition.Days ?? 0);
                if (at <= now && !(latest?.At > at) && rule.Filter.Fits(version.Key, version.Size, version.Tags))
                {
                    latest = (at, transition.StorageClass);
                }
            }
        }

        return Change(version, latest?.StorageClass);
    }

    private bool EndsMarker(LifecycleRule rule, LifecycleVersion version, DateTimeOffset now) =>
        rule is { IsEnabled: true, Expiration: { } expiration } && rule.Filter.FitsKey(version.Key) &&
        (expiration.ExpiredObjectDeleteMarker is true || expiration.Date <= now ||
         (expiration.Days is { } days && schedule.After(version.LastModified, days) <= now));

    private LifecycleAction? ForNoncurrent(
        LifecycleConfiguration configuration, LifecycleVersion version, DateTimeOffset since, DateTimeOffset now)
    {
        (DateTimeOffset At, string StorageClass)? latest = null;
        foreach (var rule in configuration.Rules)
        {
            if (!rule.IsEnabled || !rule.Filter.Fits(version.Key, version.Size, version.Tags))
            {
                continue;
            }

            if (rule.NoncurrentExpiration is { } end && !(_newerNoncurrent < end.NewerVersions) && schedule.After(since, end.Days) <= now)
            {
                return new LifecycleAction(LifecycleActionKind.RemoveNoncurrent, version);
            }

            foreach (var transition in rule.NoncurrentTransitions)
            {
                var at = schedule.After(since, transition.Days);
                if (at <= now && !(_newerNoncurrent < transition.NewerVersions) && !(latest?.At > at))
                {
                    latest = (at, transition.StorageClass);
                }
            }
        }

        return version.IsDeleteMarker ? null : Change(version, latest?.StorageClass);
    }

    private static LifecycleAction? Change(LifecycleVersion version, string? storageClass) =>
        storageClass is null || storageClass == version.StorageClass ? null : new LifecycleAction(LifecycleActionKind.ChangeClass, version, storageClass);
}
