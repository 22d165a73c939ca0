using EdgeCache.Edge.Caching;
using EdgeCache.Edge.Storage;
using EdgeCache.Edge.Upstream;
using EdgeCache.Shared.Replication;

namespace EdgeCache.Edge.Administration;

/// <summary>Drops objects from this edge's cache, by key, prefix or bucket: all versions of them, their bytes and what is known of them. Pinned bytes stay.</summary>
internal sealed class PurgeEndpoint(ObjectDirectory objects, VersionCache versions, ChunkCache store)
{
    public void Map(AdminRoutes routes) => routes.Add(HttpMethods.Post, "/v1/edge/purge", "PurgeObjects", PurgeAsync);

    private async Task<AdminAnswer> PurgeAsync(AdminCall call)
    {
        var request = await call.ReadAsync(AdminJson.Default.PurgeRequest);
        if ((request.Key is null ? 0 : 1) + (request.Prefix is null ? 0 : 1) + (request.All == true ? 1 : 0) != 1)
        {
            throw AdminException.Invalid("Exactly one of 'key', 'prefix' and 'all': true is needed.");
        }

        var bucket = await objects.LocateAsync(call, request.Bucket);
        call.Key = request.Key;
        if (request.Prefix is { } prefix)
        {
            call.Parameters.Add(new("prefix", prefix));
        }

        long count = 0, chunks = 0;
        var query = new ObjectPageQuery(bucket.Facts.Name, request.Key ?? request.Prefix ?? string.Empty, AllVersions: true);
        await foreach (var entry in ObjectDirectory.ListAsync(bucket.Region, query, call.Aborted))
        {
            if (request.Key is { } key && entry.Key != key)
            {
                break; // Keys come in order: what follows the key is longer than it.
            }

            count++;
            chunks += await PurgeAsync(bucket, entry, call.Aborted);
        }

        return AdminAnswer.Ok(new PurgeResult(count, chunks), AdminJson.Default.PurgeResult);
    }

    private async Task<int> PurgeAsync(LocatedBucket bucket, ObjectEntry entry, CancellationToken cancellationToken)
    {
        // By its version id first: what the plain key names may be an older version in the cache's view.
        var dropped = 0;
        foreach (var versionId in (string?[])[entry.VersionId, null])
        {
            var name = new VersionName(bucket.Region, bucket.Facts.Name, entry.Key, versionId);
            var reply = await versions.GetAsync(name, cancellationToken);
            if (!reply.IsKnown)
            {
                throw AdminException.Unavailable($"The region {bucket.Region.Name} can't be asked at the moment; what came before '{entry.Key}' is purged.");
            }

            if (reply.Fact is { IsDeleteMarker: false } version)
            {
                dropped += store.Purge(version.Generation, version.Size);
            }

            await versions.ForgetAsync(name);
        }

        return dropped;
    }
}
