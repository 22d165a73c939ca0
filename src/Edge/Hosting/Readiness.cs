using EdgeCache.Edge.Upstream;

namespace EdgeCache.Edge.Hosting;

/// <summary>
/// Whether the edge can serve: it is neither starting nor stopping nor draining, and each of its feeds was heard once, by this process or by an earlier one
/// whose state it goes on from. A feed that falls silent later narrows service but does not end readiness.
/// </summary>
internal sealed class Readiness(IHostApplicationLifetime lifetime, IReadOnlyList<ChangeStream> streams, DrainState drain)
{
    /// <summary>What is missing, for a person to read; null when ready.</summary>
    public string? Missing()
    {
        if (!lifetime.ApplicationStarted.IsCancellationRequested)
        {
            return "starting";
        }

        if (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            return "stopping";
        }

        if (drain.Since is not null)
        {
            return "draining";
        }

        return streams.FirstOrDefault(static s => !s.HasState) is { } unheard ? $"feed {unheard.Name} was never heard" : null;
    }
}
