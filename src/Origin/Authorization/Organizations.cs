using System.Collections.Concurrent;
using EdgeCache.Origin.Hosting;
using EdgeCache.Origin.Replication;

namespace EdgeCache.Origin.Authorization;

/// <summary>
/// Finds the facts of organizations: cached ones while they are current, else from the source, one question per organization however many requests
/// wait. When the source is away, what was known holds for <see cref="OriginOptions.ControlPlaneMaxSilence"/>; after that, nothing is decided.
/// </summary>
internal sealed class Organizations(
    IOrganizationSource source, OrganizationCache cache, IControlFeedStatus feed, OriginOptions options, TimeProvider time)
{
    /// <summary>The most questions waiting for an answer; above it requests are refused.</summary>
    public const int MaxPending = 1024;

    /// <summary>How long an answer serves while the feed does not vouch for it.</summary>
    private static readonly TimeSpan BlindLifetime = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<(string Id, long LastChange), Task<OrganizationReply>> _pending = new();

    /// <summary>The facts of an organization.</summary>
    public ValueTask<OrganizationReply> FindAsync(string id)
    {
        var cached = cache.Find(id);
        return cached is not null && (feed.IsLive || time.GetElapsedTime(cached.Since) < BlindLifetime)
            ? ValueTask.FromResult(new OrganizationReply(IsKnown: true, cached.Facts))
            : AskAsync();

        async ValueTask<OrganizationReply> AskAsync()
        {
            var reply = await AskOnceAsync(id);
            return reply.IsKnown || cached is null || feed.Silence > options.ControlPlaneMaxSilence
                ? reply
                : new OrganizationReply(IsKnown: true, cached.Facts);
        }
    }

    private async Task<OrganizationReply> AskOnceAsync(string id)
    {
        // Whoever comes after a change does not join a question from before it.
        var name = (id, cache.LastChange);
        if (_pending.TryGetValue(name, out var pending))
        {
            return await pending;
        }

        var answer = new TaskCompletionSource<OrganizationReply>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (_pending.Count >= MaxPending || !_pending.TryAdd(name, answer.Task))
        {
            return _pending.TryGetValue(name, out pending) ? await pending : default;
        }

        OrganizationReply reply = default;
        try
        {
            // The question belongs to no request: it has its own time limit, and one that leaves cancels nothing for the others.
            reply = await source.FindAsync(id, CancellationToken.None);
            if (reply.Facts is { } facts)
            {
                cache.Add(facts);
            }

            return reply;
        }
        finally
        {
            _pending.TryRemove(name, out _);
            answer.SetResult(reply);
        }
    }
}
