using EdgeCache.Edge.Storage;
using EdgeCache.Edge.Upstream;
using EdgeCache.Shared.Replication;

namespace EdgeCache.Edge.Administration;

/// <summary>Tells what this edge has of the objects of a bucket.</summary>
internal sealed class ResidencyEndpoint(ObjectDirectory objects, ChunkCache store, string edgeName)
{
    public void Map(AdminRoutes routes) => routes.Add(HttpMethods.Get, "/v1/edge/residency", "GetResidency", GetAsync);

    /// <summary>What is here of a version, at this moment.</summary>
    public static ObjectResidency Of(ChunkCache store, VersionFacts version) => new(
        version.Key, version.VersionId, version.ETag, version.Generation.ToString(), version.Size,
        store.ResidentBytes(version.Generation, version.Size), store.Pins.IsPinned(version.Generation));

    private async Task<AdminAnswer> GetAsync(AdminCall call)
    {
        var limit = call.Limit();
        var bucket = await objects.LocateAsync(call, call.Required("bucket"));
        var query = new ObjectPageQuery(bucket.Facts.Name, call.Optional("prefix"), After: call.Optional("after"));
        var found = new List<ObjectResidency>();
        string? last = null;
        await foreach (var entry in ObjectDirectory.ListAsync(bucket.Region, query, call.Aborted))
        {
            if (found.Count == limit)
            {
                return Page(last);
            }

            last = entry.Key;
            if (await objects.ResolveAsync(bucket, entry.Key, versionId: null, call.Aborted) is { } version)
            {
                found.Add(Of(store, version));
            }
        }

        return Page(null);

        AdminAnswer Page(string? next) => AdminAnswer.Ok(new ResidencyPage(edgeName, bucket.Facts.Name, found, next), AdminJson.Default.ResidencyPage);
    }
}
