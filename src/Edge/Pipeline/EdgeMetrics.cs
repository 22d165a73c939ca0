using System.Diagnostics.Metrics;
using EdgeCache.Edge.Caching;
using EdgeCache.Edge.Filling;
using EdgeCache.Edge.Responding;
using EdgeCache.Edge.Upstream;

namespace EdgeCache.Edge.Pipeline;

/// <summary>The instruments of an edge.</summary>
internal sealed class EdgeMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "EdgeCache.Edge";

    /// <summary>How many organizations have a label of their own; those that come later share <see cref="BoundedLabels.Other"/>.</summary>
    private const int MaxOrganizations = 200;

    private readonly Meter _meter;
    private readonly Counter<long> _requests;
    private readonly Counter<long> _bytes;
    private readonly Histogram<double> _firstByte;
    private readonly Counter<long> _saved;
    private readonly BoundedLabels _organizations = new(MaxOrganizations);
    private readonly Counter<long> _resolved;
    private readonly Counter<long> _fillsStarted;
    private readonly Counter<long> _fillsJoined;
    private readonly Counter<long> _fillsEnded;
    private readonly Counter<long> _fillsStalled;
    private readonly Counter<long> _fillsNotStored;
    private readonly UpDownCounter<long> _fillsActive;
    private readonly Counter<long> _filledBytes;
    private readonly Counter<long> _sourceRequests;
    private readonly Counter<long> _damaged;

    public EdgeMetrics(IMeterFactory factory)
    {
        _meter = factory.Create(MeterName);
        _requests = _meter.CreateCounter<long>("edgecache.edge.requests", "{request}", "Requests answered.");
        _bytes = _meter.CreateCounter<long>("edgecache.edge.bytes", "By", "Body bytes sent to clients, by where they came from.");
        _firstByte = _meter.CreateHistogram<double>("edgecache.edge.first_byte", "s", "Time to the first byte of the answer.");
        _saved = _meter.CreateCounter<long>(
            "edgecache.edge.saved", "By", "Body bytes served from the cache instead of from an origin, by the organization that owns the bucket.");
        _resolved = _meter.CreateCounter<long>("edgecache.edge.resolved", "{fact}", "Facts looked up, by kind and freshness.");
        _fillsStarted = _meter.CreateCounter<long>("edgecache.edge.fills.started", "{fill}", "Fetches of chunks begun.");
        _fillsJoined = _meter.CreateCounter<long>("edgecache.edge.fills.joined", "{fill}", "Reads that joined a fetch under way.");
        _fillsEnded = _meter.CreateCounter<long>("edgecache.edge.fills.ended", "{fill}", "Fetches of chunks ended, by state and failure.");
        _fillsStalled = _meter.CreateCounter<long>("edgecache.edge.fills.stalled", "{fill}", "Attempts given up because nothing arrived.");
        _fillsNotStored = _meter.CreateCounter<long>("edgecache.edge.fills.not_stored", "{fill}", "Complete fetches that the store did not take.");
        _fillsActive = _meter.CreateUpDownCounter<long>("edgecache.edge.fills.active", "{fill}", "Fetches of chunks under way.");
        _sourceRequests = _meter.CreateCounter<long>("edgecache.edge.fills.requests", "{request}", "Ranges asked of sources, by region and outcome.");
        _filledBytes = _meter.CreateCounter<long>("edgecache.edge.fills.bytes", "By", "Bytes fetched from origins.");
        _damaged = _meter.CreateCounter<long>("edgecache.edge.chunks.damaged", "{chunk}", "Stored chunks found damaged and fetched again.");
    }

    /// <summary>Observes the feeds: for how long changes may be unknown, and 1 while that is under a second.</summary>
    public void Observe(IReadOnlyList<ChangeStream> streams)
    {
        _meter.CreateObservableGauge("edgecache.edge.feed.live", () => streams.Select(static s =>
            new Measurement<int>(s.IsLive ? 1 : 0, new KeyValuePair<string, object?>("stream", s.Name))), description: "Whether the change feed is live.");
        _meter.CreateObservableGauge("edgecache.edge.feed.lag", () => streams.Where(static s => s.Lag != TimeSpan.MaxValue).Select(static s =>
            new Measurement<double>(s.Lag.TotalSeconds, new KeyValuePair<string, object?>("stream", s.Name))), "s", "For how long there may have been changes that are not known.");
        _meter.CreateObservableGauge("edgecache.edge.feed.position", () => streams.Select(static s =>
            new Measurement<long>(s.Position, new KeyValuePair<string, object?>("stream", s.Name))), description: "The last applied position of the change feed.");
    }

    /// <summary>Observes the fills' budget and queues.</summary>
    public void Observe(FillBudgets budgets)
    {
        _meter.CreateObservableGauge("edgecache.edge.fills.bytes_in_flight", () => budgets.BytesInFlight, "By", "Memory that fetches hold.");
        _meter.CreateObservableGauge("edgecache.edge.fills.queued", () => Enum.GetValues<FillPriority>().Select(p =>
            new Measurement<int>(budgets.Queued(p), new KeyValuePair<string, object?>("priority", Name(p)))), "{fill}", "Fetches that wait for their turn.");
    }

    /// <summary>A request ended.</summary>
    public void RequestEnded(EdgeRequest request, int status, double? firstByteSeconds)
    {
        var outcome = Name(request.Outcome);
        _requests.Add(1,
            new("operation", request.S3?.Operation.ToString() ?? "none"), new("outcome", outcome), new("reason", CacheReport.Name(request.Reason)),
            new("status", StatusTags.Of(status)), new("region", request.Region ?? "none"));
        AddBytes("hit", request.StoredBytes);
        if (request.StoredBytes > 0 && request.Owner is { } owner)
        {
            _saved.Add(request.StoredBytes, new KeyValuePair<string, object?>("organization", _organizations.For(owner)));
        }

        AddBytes("fill", request.FilledBytes);
        if (firstByteSeconds is { } seconds)
        {
            _firstByte.Record(seconds, new KeyValuePair<string, object?>("outcome", outcome));
        }
    }

    /// <summary>Bytes that were passed on from an origin.</summary>
    public void PassedBytes(long count) => AddBytes("pass", count);

    public void Resolved(string kind, Freshness freshness) => _resolved.Add(1, new("kind", kind), new("freshness", Name(freshness)));

    public void FillStarted(string region)
    {
        _fillsStarted.Add(1, new KeyValuePair<string, object?>("region", region));
        _fillsActive.Add(1);
    }

    public void FillJoined() => _fillsJoined.Add(1);

    /// <summary>A fill that had started came to its end.</summary>
    public void FillEnded(FillState state, FillFailure failure)
    {
        _fillsEnded.Add(1, new("state", Name(state)), new("failure", Name(failure)));
        if (state != FillState.Abandoned)
        {
            _fillsActive.Add(-1);
        }
    }

    public void FillStalled(string region) => _fillsStalled.Add(1, new KeyValuePair<string, object?>("region", region));

    public void FillNotStored() => _fillsNotStored.Add(1);

    public void FilledBytes(string region, int count) => _filledBytes.Add(count, new KeyValuePair<string, object?>("region", region));

    /// <summary>A source was asked for a range.</summary>
    public void SourceAsked(string region, RangeOutcome outcome) => _sourceRequests.Add(1, new("region", region), new("outcome", Name(outcome)));

    public void ChunkDamaged() => _damaged.Add(1);

    private void AddBytes(string source, long count)
    {
        if (count > 0)
        {
            _bytes.Add(count, new KeyValuePair<string, object?>("source", source));
        }
    }

    /// <summary>An outcome as metrics and the access log have it.</summary>
    public static string Name(CacheOutcome outcome) => outcome switch
    {
        CacheOutcome.None => "none",
        CacheOutcome.Hit => "hit",
        CacheOutcome.Revalidated => "revalidated",
        CacheOutcome.Stale => "stale",
        CacheOutcome.Miss => "miss",
        CacheOutcome.Joined => "joined",
        CacheOutcome.Partial => "partial",
        CacheOutcome.NotAnObjectRead => "not_an_object_read",
        CacheOutcome.CustomerKey => "customer_key",
        CacheOutcome.Suspended => "suspended",
    };

    private static string Name(Freshness freshness) => freshness switch
    {
        Freshness.Current => "current",
        Freshness.Asked => "asked",
        Freshness.Stale => "stale",
        Freshness.Unknown => "unknown",
    };

    private static string Name(FillPriority priority) => priority switch
    {
        FillPriority.Foreground => "foreground",
        FillPriority.ReadAhead => "read_ahead",
        FillPriority.WarmUp => "warm_up",
    };

    private static string Name(RangeOutcome outcome) => outcome switch
    {
        RangeOutcome.Open => "open",
        RangeOutcome.VersionGone => "version_gone",
        RangeOutcome.Unreachable => "unreachable",
        RangeOutcome.Refused => "refused",
    };

    private static string Name(FillState state) => state switch
    {
        FillState.Queued => "queued",
        FillState.Filling => "filling",
        FillState.Stalled => "stalled",
        FillState.Complete => "complete",
        FillState.Failed => "failed",
        FillState.Abandoned => "abandoned",
    };

    private static string Name(FillFailure failure) => failure switch
    {
        FillFailure.None => "none",
        FillFailure.VersionGone => "version_gone",
        FillFailure.Unreachable => "unreachable",
        FillFailure.Refused => "refused",
        FillFailure.Busy => "busy",
        FillFailure.Superseded => "superseded",
    };
}
