namespace EdgeCache.Edge.Storage.Pins;

/// <summary>The log messages of pins, events 3950 to 3959.</summary>
internal static partial class PinMessages
{
    [LoggerMessage(3950, LogLevel.Error, "The list of pins is damaged: nothing is pinned any more")]
    public static partial void PinsDamaged(this ILogger logger);
}
