namespace EdgeCache.Edge.Storage.Pins;

/// <summary>The log messages of pins, events 3770 to 3779.</summary>
internal static partial class PinMessages
{
    [LoggerMessage(3770, LogLevel.Error, "The list of pins is damaged: nothing is pinned any more")]
    public static partial void PinsDamaged(this ILogger logger);
}
