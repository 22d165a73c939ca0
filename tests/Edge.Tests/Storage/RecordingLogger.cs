using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace EdgeCache.Edge.Tests.Storage;

/// <summary>Keeps what is logged at warning level and above, so that a test can show it and say that there was none.</summary>
internal sealed class RecordingLogger : ILogger
{
    private readonly ConcurrentQueue<string> messages = new();

    public IReadOnlyCollection<string> Messages => messages;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
            messages.Enqueue($"{formatter(state, exception)} {exception}");
    }
}
