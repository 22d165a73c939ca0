using EdgeCache.Edge.Pipeline;
using EdgeCache.Edge.Upstream;

namespace EdgeCache.Edge.Caching;

/// <summary>
/// Keeps facts of one kind coherent with the change stream that tells of their changes:
/// <list type="bullet">
/// <item>while the stream is live, a cached fact that no known change refutes is current;</item>
/// <item>otherwise upstream is asked, once for all who want the same;</item>
/// <item>if upstream can't be asked, the cached fact serves up to a maximum staleness.</item>
/// </list>
/// A change that is applied while an answer is under way refutes that answer by its stamp, both for the cache and for whoever waits. An answer to
/// a question that was sent before a caller came serves that caller only if the live stream vouches for it, as for a cached fact; otherwise the caller
/// waits for the next question, which all who came meanwhile share.
/// </summary>
internal abstract class FactCache<TName, TFact>(
    MetadataCache store, TimeSpan maxStaleness, bool inMemory, TimeProvider time, EdgeMetrics metrics, CancellationToken stopping)
    where TName : notnull
    where TFact : class
{
    /// <summary>How often an answer that a change overtook is asked for anew before the last one is taken: it was asked for after the request arrived.</summary>
    private const int MaxOvertakes = 4;

    /// <summary>The longest key in the store that is looked up without a string, in characters.</summary>
    private const int MaxShortKey = 256;

    private readonly SingleFlight<TName, Answer> _questions = new();
    private readonly SingleFlight<TName, Answer> _latest = new();

    /// <summary>The kind of fact, for metrics.</summary>
    protected abstract string Kind { get; }

    /// <summary>How long the absence of a fact is kept at most; null for no limit but the feed's word.</summary>
    protected virtual TimeSpan? AbsenceLifetime => null;

    /// <summary>The fact, from the cache if it may be believed. Completes synchronously for a current fact in memory.</summary>
    /// <param name="name">What it is a fact of.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="asking">
    /// Called once if this call is the one that asks upstream, and nothing was cached: what a change or a lost history voided may well be the same still.
    /// </param>
    public ValueTask<FactReply<TFact>> GetAsync(TName name, CancellationToken cancellationToken, Action? asking = null)
    {
        // Nearly always it is here and current: neither a string for the key nor anything else is made for that.
        Span<char> key = stackalloc char[MaxShortKey];
        return TryWriteStoreKey(name, key, out var length) && store.TryFindInMemory<CachedFact<TFact>>(key[..length], out var found) && IsCurrent(name, found)
            ? ValueTask.FromResult(Count(new FactReply<TFact>(Freshness.Current, found.Fact)))
            : LookAsync(name, asking, cancellationToken);
    }

    private ValueTask<FactReply<TFact>> LookAsync(TName name, Action? asking, CancellationToken cancellationToken)
    {
        var look = store.FindAsync<CachedFact<TFact>>(StoreKey(name), inMemory, cancellationToken);
        if (!look.IsCompletedSuccessfully)
        {
            return Slow(look);
        }

        var cached = look.Result;
        return cached is not null && IsCurrent(name, cached)
            ? ValueTask.FromResult(Count(new FactReply<TFact>(Freshness.Current, cached.Fact)))
            : RevalidateAsync(name, cached, asking, cancellationToken);

        async ValueTask<FactReply<TFact>> Slow(ValueTask<CachedFact<TFact>?> pending)
        {
            var found = await pending;
            return found is not null && IsCurrent(name, found)
                ? Count(new FactReply<TFact>(Freshness.Current, found.Fact))
                : await RevalidateAsync(name, found, asking, cancellationToken);
        }
    }

    /// <summary>
    /// The fact as upstream has it, by a question that is sent after this call began: reads that resolve so are linearizable. Neither looks into the cache
    /// nor changes it.
    /// </summary>
    public async ValueTask<FactReply<TFact>> AskAsync(TName name, CancellationToken cancellationToken)
    {
        var answer = await _latest.JoinAsync(name, QueryAsync, cancellationToken, out var isOwn);
        if (!isOwn)
        {
            answer = await _latest.JoinAsync(name, QueryAsync, cancellationToken, out _);
        }

        return Count(answer.Fault == UpstreamFault.None
            ? new FactReply<TFact>(Freshness.Asked, answer.Entry!.Fact, Why: AskReason.Strong)
            : new FactReply<TFact>(Freshness.Unknown, null));
    }

    /// <summary>Drops what is cached.</summary>
    public ValueTask ForgetAsync(TName name) => store.DropAsync(StoreKey(name));

    protected abstract ChangeStream Stream(TName name);

    protected abstract string StoreKey(TName name);

    /// <summary>Writes <see cref="StoreKey"/>; false when there is no room, or it is not worth it.</summary>
    protected abstract bool TryWriteStoreKey(TName name, Span<char> key, out int length);

    /// <summary>Whether no change is known that the entry does not reflect.</summary>
    protected abstract bool Covers(TName name, CachedFact<TFact> entry);

    /// <summary>Whether upstream failed so recently that a caller with something to fall back on should not wait for it.</summary>
    protected abstract bool FailedRecently(TName name);

    /// <summary>Asks upstream: the fact if there is one, and the position that the answer itself states, or 0.</summary>
    protected abstract Task<(UpstreamFault Fault, TFact? Fact, long AsOf)> QueryAsync(TName name, CancellationToken cancellationToken);

    /// <summary>
    /// Liveness comes first: a stream that was live a moment ago had by then recorded all changes but the newest, and the look at what is recorded
    /// comes after. The other way round a frame that arrives in between after a long silence would vouch for an entry that it refutes.
    /// </summary>
    private bool IsCurrent(TName name, CachedFact<TFact> entry) => Stream(name).IsLive && Covers(name, entry);

    private async ValueTask<FactReply<TFact>> RevalidateAsync(
        TName name, CachedFact<TFact>? cached, Action? asking, CancellationToken cancellationToken)
    {
        var why = cached is null ? AskReason.Unseen : AskReason.FeedSilent;
        if (cached is not null && !Covers(name, cached))
        {
            (cached, why) = (null, AskReason.Changed);
        }

        if (cached is not null && FailedRecently(name) && TryServeStale(name, cached, out var stale))
        {
            return Count(stale);
        }

        for (var overtaken = 0; ; overtaken++)
        {
            var question = _questions.JoinAsync(name, QuestionAsync, cancellationToken, out var isOwn);
            if (isOwn && why == AskReason.Unseen && overtaken == 0 && !question.IsCompleted)
            {
                asking?.Invoke();
            }

            var answer = await question;
            if (answer.Fault != UpstreamFault.None)
            {
                return Count(cached is not null && TryServeStale(name, cached, out stale) ? stale : new FactReply<TFact>(Freshness.Unknown, null));
            }

            // What this caller started, or joined after an older one had landed, was sent after it came.
            var isNew = (isOwn || overtaken > 0) && !answer.IsCached;
            if (isNew ? Covers(name, answer.Entry!) || overtaken >= MaxOvertakes : IsCurrent(name, answer.Entry!))
            {
                return Count(answer.IsCached
                    ? new FactReply<TFact>(Freshness.Current, answer.Entry!.Fact)
                    : new FactReply<TFact>(Freshness.Asked, answer.Entry!.Fact, Why: why));
            }
        }
    }

    private async Task<Answer> QuestionAsync(TName name)
    {
        // Whoever looked before the last question's answer was kept, and started this one after, needs none.
        var kept = await store.FindAsync<CachedFact<TFact>>(StoreKey(name), inMemory: true, stopping);
        if (kept is not null && IsCurrent(name, kept))
        {
            return new Answer(UpstreamFault.None, kept, IsCached: true);
        }

        var answer = await QueryAsync(name);
        if (answer.Entry is { } entry && Covers(name, entry))
        {
            await store.KeepAsync(StoreKey(name), entry, inMemory, entry.Fact is null ? AbsenceLifetime : null);
        }

        return answer;
    }

    private async Task<Answer> QueryAsync(TName name)
    {
        var stamp = Stream(name).Stamp();
        var (fault, fact, asOf) = await QueryAsync(name, stopping);
        return fault == UpstreamFault.None
            ? new Answer(fault, new CachedFact<TFact>(stamp.Epoch, Math.Max(stamp.AsOf, asOf), stamp.At, fact))
            : new Answer(fault, null);
    }

    private bool TryServeStale(TName name, CachedFact<TFact> cached, out FactReply<TFact> reply)
    {
        // As long as all changes were known and none refuted the entry, the entry was current.
        var complete = Stream(name).CompleteAt;
        var staleness = time.GetUtcNow() - (complete > cached.At ? complete : cached.At);
        reply = new FactReply<TFact>(Freshness.Stale, cached.Fact, staleness);
        return staleness <= maxStaleness;
    }

    private FactReply<TFact> Count(FactReply<TFact> reply)
    {
        metrics.Resolved(Kind, reply.Freshness);
        return reply;
    }

    /// <summary>What a flight brings: an entry unless there is a fault.</summary>
    private readonly record struct Answer(UpstreamFault Fault, CachedFact<TFact>? Entry, bool IsCached = false);
}
