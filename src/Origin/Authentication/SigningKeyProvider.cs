using System.Collections.Concurrent;
using EdgeCache.Origin.Hosting;
using EdgeCache.Origin.Replication;
using EdgeCache.Shared.Primitives;
using EdgeCache.Shared.Replication;
using EdgeCache.Shared.SigV4;

namespace EdgeCache.Origin.Authentication;

/// <summary>
/// Finds signing keys: cached ones while they are current, else from the source, one question per key however many requests wait.
/// When the source is away, what was known holds for <see cref="OriginOptions.ControlPlaneMaxSilence"/>; after that, nothing is verified.
/// Made-up access keys cost the source a fixed rate of questions at most.
/// </summary>
internal sealed class SigningKeyProvider(
    ISigningKeySource source, SigningKeyCache cache, IControlFeedStatus feed, OriginOptions options, TimeProvider time)
{
    /// <summary>The most questions waiting for an answer; above it requests are refused.</summary>
    public const int MaxPending = 1024;

    private static readonly TimeSpan LiveLifetime = TimeSpan.FromHours(1);
    private static readonly TimeSpan LiveNegativeLifetime = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan BlindLifetime = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan BlindNegativeLifetime = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<(string, SigV4Scope, long), Task<SigningKeyReply?>> _pending = new();
    private readonly QuestionBudget _budget = new(options.UnseenKeysPerSecond, time);

    /// <summary>The entry of a key, which may say that it can't be used; null when that can't be found out now.</summary>
    public ValueTask<CachedSigningKey?> FindAsync(string accessKeyId, SigV4Scope scope)
    {
        var cached = cache.Find(accessKeyId, scope);
        return cached is not null && IsCurrent(cached) ? ValueTask.FromResult<CachedSigningKey?>(cached) : AskAsync();

        async ValueTask<CachedSigningKey?> AskAsync()
        {
            if (await AskOnceAsync(accessKeyId, scope) is { } reply)
            {
                return cache.Add(accessKeyId, scope, reply);
            }

            return feed.Silence <= options.ControlPlaneMaxSilence ? cached : null;
        }
    }

    private bool IsCurrent(CachedSigningKey cached)
    {
        var age = time.GetElapsedTime(cached.Since);
        return feed.IsLive
            ? age < (cached.Reply.Found ? LiveLifetime : LiveNegativeLifetime)
            : age < (cached.Reply.Found ? BlindLifetime : BlindNegativeLifetime);
    }

    private async Task<SigningKeyReply?> AskOnceAsync(string accessKeyId, SigV4Scope scope)
    {
        // Whoever comes after a change does not join a question from before it.
        var key = (accessKeyId, scope, cache.LastChange);
        if (_pending.TryGetValue(key, out var pending))
        {
            return await pending;
        }

        if (_pending.Count >= MaxPending || !_budget.TryTake(accessKeyId))
        {
            return null;
        }

        // The question belongs to no request: it has its own time limit, and one that leaves cancels nothing for the others.
        var answer = new TaskCompletionSource<SigningKeyReply?>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!_pending.TryAdd(key, answer.Task))
        {
            return _pending.TryGetValue(key, out pending) ? await pending : null;
        }

        SigningKeyReply? reply = null;
        try
        {
            reply = await source.DeriveAsync(accessKeyId, scope, CancellationToken.None);
            if (reply is { Found: true })
            {
                _budget.Found(accessKeyId);
            }

            return reply;
        }
        finally
        {
            _pending.TryRemove(key, out _);
            answer.SetResult(reply);
        }
    }
}
