using EdgeCache.Origin.Identity;

namespace EdgeCache.Origin.ControlPlane;

/// <summary>The field <c>durationSeconds</c> of requests for credentials.</summary>
internal static class ApiDurations
{
    /// <summary>Reads the field where 0 stands for ever; null then.</summary>
    /// <exception cref="ApiException">400 when it is absent or out of range.</exception>
    public static TimeSpan? Parse(long? seconds)
    {
        var max = (long)TemporaryKeys.MaxLifetime.TotalSeconds;
        return seconds is not { } given ? throw ApiException.Invalid($"'durationSeconds' is required: 0 (permanent) or 1 to {max}.")
            : given < 0 || given > max ? throw ApiException.Invalid($"'durationSeconds' must be 0 (permanent) or 1 to {max}.")
            : given == 0 ? null
            : TimeSpan.FromSeconds(given);
    }

    /// <summary>Reads the field where the credentials must end.</summary>
    /// <exception cref="ApiException">400 when it is absent or out of range.</exception>
    public static TimeSpan ParseLimited(long? seconds) => seconds > 0
        ? Parse(seconds)!.Value
        : throw ApiException.Invalid($"'durationSeconds' must be 1 to {(long)TemporaryKeys.MaxLifetime.TotalSeconds}.");
}
