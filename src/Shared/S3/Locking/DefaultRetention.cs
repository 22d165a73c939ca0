namespace EdgeCache.Shared.S3.Locking;

/// <summary>The retention that a bucket gives to new versions that bring none. Exactly one of the periods is set.</summary>
/// <param name="Mode">How strictly it holds.</param>
/// <param name="Days">1 to <see cref="MaxDays"/>.</param>
/// <param name="Years">1 to <see cref="MaxYears"/>.</param>
public sealed record DefaultRetention(ObjectLockMode Mode, int? Days, int? Years)
{
    /// <summary>The longest period in days.</summary>
    public const int MaxDays = 36_500;

    /// <summary>The longest period in years.</summary>
    public const int MaxYears = 100;

    /// <summary>The retention of a version made at <paramref name="now"/>.</summary>
    public ObjectRetention For(DateTimeOffset now) => new(Mode, Years is { } years ? now.AddYears(years) : now.AddDays(Days ?? 0));
}
