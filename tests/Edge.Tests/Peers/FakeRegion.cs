using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using EdgeCache.Shared.Iam;
using EdgeCache.Shared.Primitives;
using EdgeCache.Shared.Replication;
using EdgeCache.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace EdgeCache.Edge.Tests.Peers;

/// <summary>A request for bytes that an edge sent.</summary>
internal sealed record RangeRequest(string Key, Generation Generation, long From, long To);

/// <summary>A request that an edge passed on.</summary>
internal sealed record PassedRequest(string Method, string RawTarget, IReadOnlyDictionary<string, string> Headers, byte[] Body);

/// <summary>A scripted origin: buckets and objects in memory, a feed, and hooks at every place where a test wants to interfere.</summary>
internal sealed class FakeRegion(string name, TimeProvider time) : IAsyncDisposable
{
    /// <summary>The length of a page of a listing: short, so that tests see several.</summary>
    private const int MaxListed = 3;

    private readonly ConcurrentDictionary<(string Bucket, string Key), (VersionFacts Facts, Action<long, Memory<byte>> Read)> _objects = new();
    private readonly ConcurrentDictionary<string, BucketFacts> _buckets = new();
    private FakeServer _s3 = null!;
    private FakeServer _admin = null!;
    private int _resolveQuestions;
    private int _bucketQuestions;

    public string Name => name;

    public FakeFeed Feed { get; } = new(time);

    public Uri S3Url => _s3.Url;

    public Uri AdminUrl => _admin.Url;

    /// <summary>Answers 503 to everything but the feed.</summary>
    public bool IsDown { get; set; }

    /// <summary>Answers 503 to questions for facts, but serves bytes.</summary>
    public bool IsAdminDown { get; set; }

    public ConcurrentQueue<RangeRequest> Ranges { get; } = new();

    public ConcurrentQueue<PassedRequest> Passed { get; } = new();

    public int ResolveQuestions => Volatile.Read(ref _resolveQuestions);

    public int BucketQuestions => Volatile.Read(ref _bucketQuestions);

    /// <summary>Runs before a range is answered; answers itself when it returns true.</summary>
    public Func<HttpContext, RangeRequest, Task<bool>>? OnRange { get; set; }

    /// <summary>Runs after a resolution's answer was read and before it is sent.</summary>
    public Func<Task>? OnResolved { get; set; }

    /// <summary>Answers what is passed on; a plain 200 without it.</summary>
    public Func<HttpContext, byte[], Task>? OnPassed { get; set; }

    /// <summary>Runs before the body of what is passed on is read; answers itself when it returns true.</summary>
    public Func<HttpContext, Task<bool>>? OnPassedHead { get; set; }

    public static async Task<FakeRegion> StartAsync(string name, TimeProvider time)
    {
        var region = new FakeRegion(name, time);
        region._s3 = await FakeServer.StartAsync(region.HandleS3Async);
        region._admin = await FakeServer.StartAsync(region.HandleAdminAsync);
        return region;
    }

    public void AddBucket(string bucket, string owner, CannedAcl acl = CannedAcl.Private)
    {
        var sequence = Feed.Advance();
        _buckets[bucket] = new BucketFacts(bucket, name, owner, acl, BucketVersioning.Unversioned, DateTimeOffset.UnixEpoch, sequence);
        Feed.PublishAt(sequence, ChangeKind.BucketChanged, bucket, string.Empty);
    }

    /// <summary>Changes a bucket's facts and tells of it.</summary>
    public long ChangeBucket(string bucket, Func<BucketFacts, BucketFacts> change)
    {
        _buckets[bucket] = change(_buckets[bucket]);
        return Feed.Publish(ChangeKind.BucketChanged, bucket, string.Empty);
    }

    public void RemoveBucket(string bucket)
    {
        _buckets.TryRemove(bucket, out _);
        Feed.Publish(ChangeKind.BucketDeleted, bucket, string.Empty);
    }

    /// <summary>Stores an object and tells of it, unless <paramref name="publish"/> is false.</summary>
    public (VersionFacts Facts, long Sequence) Put(
        string bucket, string key, byte[] bytes, Func<VersionFacts, VersionFacts>? with = null, bool publish = true) =>
        Put(
            bucket, key, bytes.Length, Convert.ToHexStringLower(SHA256.HashData(bytes))[..32],
            (offset, destination) => bytes.AsMemory((int)offset, destination.Length).CopyTo(destination), with, publish);

    /// <summary>Stores an object whose bytes are those of <see cref="ByteStreams"/> and are made as they are asked for.</summary>
    public VersionFacts PutSeeded(string bucket, string key, int seed, long size) => Put(
        bucket, key, size, seed.ToString("x32", CultureInfo.InvariantCulture), (offset, destination) => ByteStreams.Fill(seed, offset, destination.Span), null, true).Facts;

    private (VersionFacts Facts, long Sequence) Put(
        string bucket, string key, long size, string etag, Action<long, Memory<byte>> read, Func<VersionFacts, VersionFacts>? with, bool publish)
    {
        var sequence = Feed.Advance();
        var facts = new VersionFacts
        {
            Bucket = bucket,
            Key = key,
            Generation = Generation.New(TimeProvider.System),
            VersionId = string.Empty,
            Size = size,
            ETag = etag,
            LastModified = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero),
            OwnerOrganizationId = _buckets[bucket].OwnerOrganizationId,
        };
        facts = with?.Invoke(facts) ?? facts;
        _objects[(bucket, key)] = (facts, read);
        if (publish)
        {
            Feed.PublishAt(sequence, ChangeKind.ObjectChanged, bucket, key);
        }

        return (facts, sequence);
    }

    public long Delete(string bucket, string key)
    {
        _objects.TryRemove((bucket, key), out _);
        return Feed.Publish(ChangeKind.ObjectChanged, bucket, key);
    }

    public async ValueTask DisposeAsync()
    {
        await _s3.DisposeAsync();
        await _admin.DisposeAsync();
    }

    /// <summary>Answers a range with the object's own bytes, up to <paramref name="limit"/> of them, without ending the response.</summary>
    public async Task SendAsync(HttpContext context, RangeRequest range, int limit = int.MaxValue)
    {
        var (facts, read) = _objects.Values.First(o => o.Facts.Generation == range.Generation);
        if (!context.Response.HasStarted)
        {
            context.Response.StatusCode = StatusCodes.Status206PartialContent;
            context.Response.ContentLength = range.To - range.From + 1;
            context.Response.Headers.ContentRange = $"bytes {range.From}-{range.To}/{facts.Size}";
        }

        var count = (int)Math.Min(limit, range.To - range.From + 1);
        var bytes = new byte[count];
        read(range.From, bytes);
        await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
    }

    private async Task HandleAdminAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        if (context.Request.Headers.Authorization != $"Bearer {EdgeCluster.Secret}")
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        }
        else if (path == InternalApi.Feed)
        {
            await Feed.ServeAsync(context);
        }
        else if (IsDown || IsAdminDown)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        }
        else if (path == InternalApi.Resolve)
        {
            Interlocked.Increment(ref _resolveQuestions);
            var position = Feed.Position;
            var found = _objects.TryGetValue((context.Request.Query["bucket"].ToString(), context.Request.Query["key"].ToString()), out var stored);
            var reply = new ResolveReply(true, found ? stored.Facts with { AsOfSequence = position } : null, position);
            if (OnResolved is { } hook)
            {
                await hook();
            }

            await context.Response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(reply, InternalJson.Default.ResolveReply));
        }
        else if (path == InternalApi.Objects)
        {
            await context.Response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(List(context.Request.Query), InternalJson.Default.ObjectsReply));
        }
        else if (path.StartsWith("/internal/v1/buckets/", StringComparison.Ordinal))
        {
            Interlocked.Increment(ref _bucketQuestions);
            if (!_buckets.TryGetValue(path["/internal/v1/buckets/".Length..], out var facts))
            {
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                return;
            }

            await context.Response.Body.WriteAsync(
                JsonSerializer.SerializeToUtf8Bytes(facts with { AsOfSequence = Feed.Position }, InternalJson.Default.BucketFacts));
        }
    }

    private ObjectsReply List(IQueryCollection query)
    {
        string bucket = query["bucket"].ToString(), prefix = query["prefix"].ToString(), after = query["after"].ToString();
        var page = _objects.Values.Select(static o => o.Facts)
            .Where(o => o.Bucket == bucket && o.Key.StartsWith(prefix, StringComparison.Ordinal) && string.CompareOrdinal(o.Key, after) > 0)
            .OrderBy(static o => o.Key, StringComparer.Ordinal).Take(MaxListed + 1).Select(static o => new ObjectEntry(o.Key, "null", o.Size)).ToList();
        var isTruncated = page.Count > MaxListed;
        page = [.. page.Take(MaxListed)];
        return new ObjectsReply(_buckets.ContainsKey(bucket), page, isTruncated, page.LastOrDefault()?.Key ?? "", "");
    }

    private async Task HandleS3Async(HttpContext context)
    {
        if (context.Request.Headers.Authorization.ToString().Contains(EdgeCredential.WellKnownAccessKeyId, StringComparison.Ordinal))
        {
            await HandleRangeAsync(context);
            return;
        }

        if (IsDown)
        {
            context.Abort();
            return;
        }

        if (OnPassedHead is { } hook && await hook(context))
        {
            return;
        }

        var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        Passed.Enqueue(new PassedRequest(
            context.Request.Method,
            context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget,
            context.Request.Headers.ToDictionary(static h => h.Key, static h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            body.ToArray()));
        if (OnPassed is { } answer)
        {
            await answer(context, body.ToArray());
        }
    }

    private async Task HandleRangeAsync(HttpContext context)
    {
        var name = context.Request.Path.Value![1..].Split('/', 2);
        var key = Uri.UnescapeDataString(name[1]);
        var bounds = context.Request.Headers.Range.ToString()["bytes=".Length..].Split('-');
        var (from, to) = (long.Parse(bounds[0], CultureInfo.InvariantCulture), long.Parse(bounds[1], CultureInfo.InvariantCulture));
        if (!Generation.TryParse(context.Request.Headers[EdgeCredential.GenerationHeader].ToString(), out var generation))
        {
            // An edge that asks which version it is at the same time: it is told, and a range ends where the object does.
            if (!_objects.TryGetValue((name[0], key), out var current) || from >= current.Facts.Size)
            {
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                return;
            }

            (generation, to) = (current.Facts.Generation, Math.Min(to, current.Facts.Size - 1));
            context.Response.Headers[EdgeCredential.GenerationHeader] = generation.ToString();
        }

        var range = new RangeRequest(key, generation, from, to);
        Ranges.Enqueue(range);
        if (OnRange is { } hook && await hook(context, range))
        {
            return;
        }

        if (IsDown)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        }
        else if (_objects.Values.All(o => o.Facts.Generation != generation))
        {
            context.Response.StatusCode = StatusCodes.Status412PreconditionFailed;
        }
        else
        {
            await SendAsync(context, range);
        }
    }
}
