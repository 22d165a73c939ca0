using System.Globalization;
using System.Text.Json.Serialization.Metadata;
using EdgeCache.Origin.Authentication;
using EdgeCache.Origin.Catalog;
using EdgeCache.Origin.Identity;
using EdgeCache.Origin.Pipeline;
using EdgeCache.Shared.Primitives;
using EdgeCache.Shared.Replication;
using EdgeCache.Shared.SigV4;

namespace EdgeCache.Origin.Replication;

/// <summary>The API between tiers (<see cref="InternalApi"/>): the region's part, and on its host the control plane's.</summary>
internal sealed class InternalEndpoints(
    OriginCatalog catalog, ClusterAuthentication cluster, OriginMetrics metrics, IHostApplicationLifetime lifetime, TimeProvider time, ControlPlaneHost? host)
{
    /// <summary>The most subscribers of all feeds together.</summary>
    public const int MaxSubscribers = 256;

    private int _subscribers;

    public void Map(IEndpointRouteBuilder endpoints)
    {
        var group = endpoints.MapGroup(string.Empty);
        Add(group, HttpMethods.Get, InternalApi.Feed, context => FeedAsync(context, new CatalogChangeSource(catalog.Feed)));
        Add(group, HttpMethods.Get, InternalApi.Bucket, BucketAsync);
        Add(group, HttpMethods.Put, InternalApi.BucketSettings, SetBucketAsync);
        Add(group, HttpMethods.Get, InternalApi.Resolve, ResolveAsync);
        Add(group, HttpMethods.Get, InternalApi.Objects, ObjectsAsync);
        Add(group, HttpMethods.Get, InternalApi.Usage, UsageAsync);
        Add(group, HttpMethods.Get, InternalApi.BucketUsage, BucketUsageAsync);
        if (host is null)
        {
            return;
        }

        Add(group, HttpMethods.Get, InternalApi.ControlFeed, context => FeedAsync(context, host.Database));
        Add(group, HttpMethods.Get, InternalApi.SigningKey, SigningKeyAsync);
        Add(group, HttpMethods.Get, InternalApi.Organization, OrganizationAsync);
        Add(group, HttpMethods.Get, InternalApi.Directory, DirectoryAsync);
        Add(group, HttpMethods.Get, InternalApi.DirectoryBucket, FindBucketAsync);
        Add(group, HttpMethods.Put, InternalApi.DirectoryBucket, ReserveBucketAsync);
        Add(group, HttpMethods.Delete, InternalApi.DirectoryBucket, ReleaseBucketAsync);
    }

    private void Add(IEndpointRouteBuilder group, string method, string pattern, RequestDelegate handler) =>
        group.MapMethods(pattern, [method], context =>
        {
            if (cluster.IsMember(context.Request))
            {
                return handler(context);
            }

            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return Task.CompletedTask;
        });

    private static Task NotFoundAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    private static Task BadRequestAsync(HttpContext context, string problem)
    {
        context.Response.StatusCode = StatusCodes.Status400BadRequest;
        return context.Response.WriteAsync(problem, context.RequestAborted);
    }

    private static Task JsonAsync<T>(HttpContext context, T value, JsonTypeInfo<T> type) =>
        context.Response.WriteAsJsonAsync(value, type, cancellationToken: context.RequestAborted);

    private static string Route(HttpContext context, string name) => (string?)context.Request.RouteValues[name] ?? string.Empty;

    private async Task FeedAsync(HttpContext context, IChangeSource source)
    {
        var askedAt = time.GetTimestamp();
        _ = long.TryParse(context.Request.Query["after"], NumberStyles.None, CultureInfo.InvariantCulture, out var after);
        if (Interlocked.Increment(ref _subscribers) > MaxSubscribers)
        {
            Interlocked.Decrement(ref _subscribers);
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return;
        }

        metrics.SubscriberCame();
        try
        {
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
            await new FeedWriter(source, askedAt, time).RunAsync(context.Request.Query["epoch"], after, context.Response, ending.Token);
        }
        catch (OperationCanceledException)
        {
            // The subscriber left, or this server stops.
        }
        finally
        {
            Interlocked.Decrement(ref _subscribers);
            metrics.SubscriberLeft();
        }
    }

    private async Task BucketAsync(HttpContext context)
    {
        var bucket = await catalog.Buckets.FindAsync(Route(context, "bucket"), context.RequestAborted);
        await (bucket is null ? NotFoundAsync(context) : JsonAsync(context, bucket.Facts, InternalJson.Default.BucketFacts));
    }

    private async Task SetBucketAsync(HttpContext context)
    {
        if (!bool.TryParse(context.Request.Query["strongReads"], out var strong))
        {
            await BadRequestAsync(context, "strongReads is needed");
            return;
        }

        if (await catalog.Buckets.FindAsync(Route(context, "bucket"), context.RequestAborted) is not { } bucket)
        {
            await NotFoundAsync(context);
            return;
        }

        var set = await catalog.Buckets.SetStrongReadsAsync(bucket.Id, strong, context.RequestAborted);
        if (set.Succeeded)
        {
            await JsonAsync(context, set.Value.Bucket.Facts, InternalJson.Default.BucketFacts);
            return;
        }

        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
    }

    private async Task UsageAsync(HttpContext context)
    {
        string? owner = context.Request.Query["owner"];
        await (string.IsNullOrEmpty(owner)
            ? BadRequestAsync(context, "owner is needed")
            : JsonAsync(context, await catalog.Usage.ListAsync(owner, context.RequestAborted), InternalJson.Default.RegionUsage));
    }

    private async Task BucketUsageAsync(HttpContext context)
    {
        var usage = await catalog.Usage.FindAsync(Route(context, "bucket"), context.RequestAborted);
        await (usage is null ? NotFoundAsync(context) : JsonAsync(context, usage, InternalJson.Default.BucketUsage));
    }

    private async Task ResolveAsync(HttpContext context)
    {
        var query = context.Request.Query;
        string? name = query["bucket"], text = query["key"];
        if (name is null || !ObjectKey.TryParse(text, out var key))
        {
            await BadRequestAsync(context, "bucket and key are needed");
            return;
        }

        // An absence reflects no more than what was committed before the bucket was looked up: it may have been made anew since.
        var before = catalog.Feed.CurrentSequence;
        if (await catalog.Buckets.FindAsync(name, context.RequestAborted) is not { } bucket)
        {
            await JsonAsync(context, new ResolveReply(BucketExists: false, null, before), InternalJson.Default.ResolveReply);
            return;
        }

        var found = await catalog.Versions.FindAsync(bucket.Id, key.Value, query["versionId"], withSegments: false, context.RequestAborted);
        await JsonAsync(context, new ResolveReply(BucketExists: true, found.Version?.Facts, found.Version is null ? before : found.AsOfSequence), InternalJson.Default.ResolveReply);
    }

    private async Task ObjectsAsync(HttpContext context)
    {
        var query = context.Request.Query;
        if ((string?)query["bucket"] is not { Length: > 0 } name)
        {
            await BadRequestAsync(context, "bucket is needed");
            return;
        }

        var bucket = await catalog.Buckets.FindAsync(name, context.RequestAborted);
        string prefix = query["prefix"].ToString(), after = query["after"].ToString();
        var reply = bucket is null ? new ObjectsReply(BucketExists: false, [], IsTruncated: false, "", "")
            : query["versions"] == "true" ? await VersionsAsync(bucket.Id, prefix, after, query["afterVersion"].ToString(), context.RequestAborted)
            : await CurrentAsync(bucket.Id, prefix, after, context.RequestAborted);
        await JsonAsync(context, reply, InternalJson.Default.ObjectsReply);
    }

    private async Task<ObjectsReply> CurrentAsync(long bucketId, string prefix, string after, CancellationToken cancellationToken)
    {
        var page = await catalog.Versions.ListAsync(
            new ObjectListQuery { BucketId = bucketId, Prefix = prefix, After = after, MaxKeys = ObjectsReply.MaxEntries }, cancellationToken);
        return new ObjectsReply(BucketExists: true, Entries(page.Objects), page.IsTruncated, page.Next, "");
    }

    private async Task<ObjectsReply> VersionsAsync(long bucketId, string prefix, string after, string afterVersion, CancellationToken cancellationToken)
    {
        var page = await catalog.Versions.ListVersionsAsync(
            new VersionListQuery { BucketId = bucketId, Prefix = prefix, KeyMarker = after, VersionIdMarker = afterVersion, MaxKeys = ObjectsReply.MaxEntries },
            cancellationToken);
        return new ObjectsReply(BucketExists: true, Entries(page.Versions), page.IsTruncated, page.NextKeyMarker, page.NextVersionIdMarker);
    }

    private static List<ObjectEntry> Entries(IReadOnlyList<ListedVersion> versions) =>
        [.. versions.Where(static v => !v.IsDeleteMarker).Select(static v => new ObjectEntry(v.Key, v.VersionId, v.Size))];

    private Task SigningKeyAsync(HttpContext context)
    {
        var query = context.Request.Query;
        string? accessKeyId = query["accessKeyId"], date = query["date"], region = query["region"], service = query["service"];
        return string.IsNullOrEmpty(accessKeyId) || accessKeyId.Length > Authenticator.MaxAccessKeyIdLength || date is null || region is null || service is null
            ? BadRequestAsync(context, "accessKeyId, date, region and service are needed")
            : JsonAsync(context, host!.SigningKeys.Derive(accessKeyId, new SigV4Scope(date, region, service)), InternalJson.Default.SigningKeyReply);
    }

    private Task OrganizationAsync(HttpContext context) => host!.Organizations.Facts(Route(context, "organization")) is { } facts
        ? JsonAsync(context, facts, InternalJson.Default.OrganizationFacts)
        : NotFoundAsync(context);

    private Task DirectoryAsync(HttpContext context) =>
        JsonAsync(context, host!.Directory.List(context.Request.Query["owner"]), InternalJson.Default.IReadOnlyListDirectoryEntry);

    private Task FindBucketAsync(HttpContext context) => host!.Directory.Find(Route(context, "bucket")) is { } entry
        ? JsonAsync(context, entry, InternalJson.Default.DirectoryEntry)
        : NotFoundAsync(context);

    private async Task ReserveBucketAsync(HttpContext context)
    {
        string? region = context.Request.Query["region"], owner = context.Request.Query["owner"];
        if (!BucketName.TryParse(Route(context, "bucket"), out var name) || string.IsNullOrEmpty(region) || string.IsNullOrEmpty(owner))
        {
            await BadRequestAsync(context, "a valid bucket name, region and owner are needed");
            return;
        }

        var reservation = await host!.Directory.ReserveAsync(name.Value, region, owner, context.RequestAborted);
        context.Response.StatusCode = reservation.Outcome == ReservationOutcome.Taken ? StatusCodes.Status409Conflict : StatusCodes.Status201Created;
        await JsonAsync(context, reservation.Entry!, InternalJson.Default.DirectoryEntry);
    }

    private async Task ReleaseBucketAsync(HttpContext context)
    {
        await host!.Directory.ReleaseAsync(Route(context, "bucket"), context.Request.Query["region"].ToString(), context.RequestAborted);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }
}
