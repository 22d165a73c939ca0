using System.Diagnostics.Metrics;
using EdgeCache.Edge.Caching;
using EdgeCache.Edge.Pipeline;
using EdgeCache.Edge.Storage.Memory;
using EdgeCache.Edge.Upstream;
using EdgeCache.Shared.Replication;
using EdgeCache.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeCache.Edge.Tests.Caching;

/// <summary>A cache of facts whose every answer the test gives, in memory, with a stream that it moves.</summary>
internal sealed class ScriptedFacts : IAsyncDisposable
{
    private readonly FasterHybridCache _store;
    private readonly ServiceProvider _services;

    private ScriptedFacts(FasterHybridCache store, ManualTimeProvider time)
    {
        (_store, Time) = (store, time);
        _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        Stream = new ChangeStream("ORD1", time);
        Cache = new Facts(this, new EdgeMetrics(_services.GetRequiredService<IMeterFactory>()));
        Hear(1);
    }

    public ManualTimeProvider Time { get; }

    public ChangeStream Stream { get; }

    public FactCache<string, string> Cache { get; }

    /// <summary>The questions that were sent, each to be answered once.</summary>
    public List<TaskCompletionSource<(UpstreamFault Fault, string? Fact, long AsOf)>> Questions { get; } = [];

    public static async Task<ScriptedFacts> CreateAsync()
    {
        var time = new ManualTimeProvider();
        var store = await FasterHybridCache.OpenAsync(new FasterHybridCacheOptions(), services: null, time, NullLoggerFactory.Instance, meterFactory: null);
        return new ScriptedFacts(store, time);
    }

    /// <summary>Answers the newest question.</summary>
    public void Answer(string fact, long asOf = 0) => Questions[^1].SetResult((UpstreamFault.None, fact, asOf));

    public void Hear(long position, params ChangeRecord[] records) => Stream.Apply(new FeedFrame("e1", position, Reset: false, records), Time.GetTimestamp());

    public static ChangeRecord Changed(long sequence, string name) => new(sequence, ChangeKind.ObjectChanged, "b", name, default);

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        await _services.DisposeAsync();
    }

    private sealed class Facts(ScriptedFacts script, EdgeMetrics metrics) : FactCache<string, string>(
        new MetadataCache(script._store), TimeSpan.FromMinutes(1), inMemory: true, script.Time, metrics, CancellationToken.None)
    {
        protected override string Kind => "scripted";

        protected override ChangeStream Stream(string name) => script.Stream;

        protected override string StoreKey(string name) => name;

        protected override bool TryWriteStoreKey(string name, Span<char> key, out int length)
        {
            length = name.Length;
            return name.TryCopyTo(key);
        }

        protected override bool Covers(string name, CachedFact<string> entry) => script.Stream.Covers(entry.Stamp, ChangeName.Object("b", name));

        protected override bool FailedRecently(string name) => false;

        protected override Task<(UpstreamFault Fault, string? Fact, long AsOf)> QueryAsync(string name, CancellationToken cancellationToken)
        {
            script.Questions.Add(new(TaskCreationOptions.RunContinuationsAsynchronously));
            return script.Questions[^1].Task;
        }
    }
}
