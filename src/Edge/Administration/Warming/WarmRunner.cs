using System.Runtime.CompilerServices;
using EdgeCache.Edge.Caching;
using EdgeCache.Edge.Filling;
using EdgeCache.Edge.Storage;
using EdgeCache.Edge.Storage.Nvme;
using EdgeCache.Edge.Upstream;
using EdgeCache.Shared.Replication;

namespace EdgeCache.Edge.Administration.Warming;

/// <summary>Carries a warm-up out: lists its objects, has their chunks fetched at the lowest priority, and counts at the end what is here.</summary>
internal sealed class WarmRunner(ObjectDirectory objects, FillTable fills, ChunkCache store, TimeProvider time)
{
    /// <summary>The most objects of one warm-up.</summary>
    public const int MaxObjects = 100_000;

    /// <summary>How many chunks of a warm-up are fetched at once.</summary>
    private const int MaxChunksAtOnce = 8;

    /// <summary>How often all objects are gone through: what was evicted meanwhile, or could not be fetched, is tried again.</summary>
    private const int MaxPasses = 3;

    /// <summary>How long an index may take to arrive.</summary>
    private static readonly TimeSpan IndexTimeout = TimeSpan.FromMinutes(1);

    /// <summary>Runs it to its end.</summary>
    /// <exception cref="AdminException">It can't be carried out.</exception>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public async Task RunAsync(WarmJob job, CancellationToken cancellationToken)
    {
        job.Enter(WarmState.Listing, time.GetUtcNow());
        var bucket = await objects.LocateAsync(job.Bucket, cancellationToken);
        await ListAsync(job, bucket, cancellationToken);
        await PinAsync(job, bucket, cancellationToken);
        job.Enter(WarmState.Running, time.GetUtcNow());
        long resident = 0;
        for (var pass = 1; pass <= MaxPasses; pass++)
        {
            job.BeginPass();
            await Parallel.ForEachAsync(
                ChunksAsync(job, bucket, cancellationToken),
                new ParallelOptions { MaxDegreeOfParallelism = MaxChunksAtOnce, CancellationToken = cancellationToken },
                (chunk, token) => EnsureAsync(job, bucket, chunk, token));
            resident = job.CountResident(store);
            if (job.Objects.TrueForAll(IsHere))
            {
                job.End(WarmState.Complete, time.GetUtcNow(), resident, error: null);
                return;
            }
        }

        job.End(WarmState.Incomplete, time.GetUtcNow(), resident, job.Objects.Exists(static o => o.Error is not null)
            ? null : "Not everything fits into the cache.");
    }

    private bool IsHere(WarmObject item) => item.Version is { } version && store.ResidentBytes(version.Generation, version.Size) == version.Size;

    private async Task ListAsync(WarmJob job, LocatedBucket bucket, CancellationToken cancellationToken)
    {
        var request = job.Request;
        if (request.Prefix is { } prefix)
        {
            var query = new ObjectPageQuery(bucket.Facts.Name, prefix);
            await foreach (var entry in ObjectDirectory.ListAsync(bucket.Region, query, cancellationToken))
            {
                Add(job, entry.Key, entry.Size);
            }

            return;
        }

        foreach (var key in request.Keys ?? [request.Index!, .. await ShardsAsync(bucket, request.Index!, cancellationToken)])
        {
            Add(job, key, 0);
        }

        // Sizes first, so that progress can be told.
        foreach (var item in job.Objects)
        {
            await ResolveAsync(job, bucket, item, cancellationToken);
        }
    }

    /// <summary>Pins all or nothing, before anything is fetched: what comes must not push out what came before.</summary>
    private async Task PinAsync(WarmJob job, LocatedBucket bucket, CancellationToken cancellationToken)
    {
        if (job.Request.PinSeconds is not { } seconds)
        {
            return;
        }

        var wanted = new List<(string Bucket, string Key, VersionFacts Version)>();
        foreach (var item in job.Objects)
        {
            if (await ResolveAsync(job, bucket, item, cancellationToken) is { Size: > 0 } version)
            {
                wanted.Add((bucket.Facts.Name, item.Key, version));
            }
        }

        if (!store.Pins.TryPin(wanted, time.GetUtcNow().AddSeconds(seconds), job.By, out var refusal))
        {
            throw AdminException.Conflict(refusal);
        }
    }

    private static void Add(WarmJob job, string key, long size)
    {
        if (job.Count == MaxObjects)
        {
            throw AdminException.Invalid($"There are more than {MaxObjects} objects: name a longer prefix.");
        }

        job.Add(new WarmObject(key, size));
    }

    private async Task<IReadOnlyList<string>> ShardsAsync(LocatedBucket bucket, string index, CancellationToken cancellationToken)
    {
        var version = await objects.ResolveAsync(bucket, index, versionId: null, cancellationToken) ??
            throw AdminException.NotFound($"There is no object '{index}'.");
        if (version.Size is 0 or > SafetensorsIndex.MaxBytes)
        {
            throw AdminException.Invalid($"'{index}' is not a safetensors index: it has {version.Size} bytes.");
        }

        using var timeout = new CancellationTokenSource(IndexTimeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            using var reply = await bucket.Region.Ranges.OpenAsync(version, 0, (int)version.Size, linked.Token);
            if (reply.Outcome == RangeOutcome.Open)
            {
                var bytes = new byte[version.Size];
                await reply.Body.ReadExactlyAsync(bytes, linked.Token);
                return SafetensorsIndex.Shards(index, bytes);
            }
        }
        catch (Exception e) when (e is IOException or HttpRequestException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            // As if it had not been answered.
        }

        throw AdminException.Unavailable($"The index '{index}' could not be read from {bucket.Region.Name}.");
    }

    /// <summary>The chunks of all objects, one object after the other.</summary>
    private async IAsyncEnumerable<(WarmObject Item, VersionFacts Version, int Chunk)> ChunksAsync(
        WarmJob job, LocatedBucket bucket, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var item in job.Objects)
        {
            if (await ResolveAsync(job, bucket, item, cancellationToken) is { Size: > 0 } version)
            {
                for (var chunk = 0; chunk <= ChunkGeometry.IndexOf(version.Size - 1); chunk++)
                {
                    yield return (item, version, chunk);
                }
            }

            job.ObjectDone();
        }
    }

    /// <summary>The version that is fetched: it stays the same through all passes.</summary>
    private async Task<VersionFacts?> ResolveAsync(WarmJob job, LocatedBucket bucket, WarmObject item, CancellationToken cancellationToken)
    {
        if (item.Version is { } known)
        {
            return known;
        }

        if (await objects.ResolveAsync(bucket, item.Key, versionId: null, cancellationToken) is not { } version)
        {
            item.Fail($"There is no object '{item.Key}'.");
            return null;
        }

        job.Resolved(item, version);
        return version;
    }

    private async ValueTask EnsureAsync(
        WarmJob job, LocatedBucket bucket, (WarmObject Item, VersionFacts Version, int Chunk) chunk, CancellationToken cancellationToken)
    {
        var (item, version, index) = chunk;
        var target = new FillTarget(version, bucket.Region, bucket.Facts.OwnerOrganizationId, FillPriority.WarmUp) { IsOrdered = true };
        var id = new ChunkId(version.Generation, index);
        var wasHere = store.Contains(id);
        if (await fills.EnsureAsync(target, id, cancellationToken))
        {
            job.Progress(ChunkGeometry.LengthOf(index, version.Size), !wasHere);
        }
        else
        {
            item.Fail($"Part of '{item.Key}' could not be fetched or stored.");
        }
    }
}
