using EdgeCache.Edge.Administration.Warming;
using EdgeCache.Edge.Storage;
using EdgeCache.Edge.Storage.Pins;

namespace EdgeCache.Edge.Administration;

/// <summary>Sets, lists and releases pins.</summary>
internal sealed class PinEndpoints(ObjectDirectory objects, ChunkCache store, TimeProvider time)
{
    private const string Path = "/v1/edge/pins";

    public void Map(AdminRoutes routes)
    {
        routes.Add(HttpMethods.Get, Path, "ListPins", _ => Task.FromResult(List()));
        routes.Add(HttpMethods.Post, Path, "PinObject", PinAsync);
        routes.Add(HttpMethods.Delete, Path, "UnpinObject", UnpinAsync);
    }

    private async Task<AdminAnswer> PinAsync(AdminCall call)
    {
        var request = await call.ReadAsync(AdminJson.Default.PinRequest);
        if (string.IsNullOrEmpty(request.Key))
        {
            throw AdminException.Invalid("'key' is needed.");
        }

        if (request.ExpiresInSeconds is < 1 or > WarmRequest.MaxSeconds)
        {
            throw AdminException.Invalid($"'expiresInSeconds' must lie between 1 and {WarmRequest.MaxSeconds}.");
        }

        var bucket = await objects.LocateAsync(call, request.Bucket);
        call.Key = request.Key;
        var version = await objects.ResolveAsync(bucket, request.Key, request.VersionId, call.Aborted) ??
            throw AdminException.NotFound($"There is no such version of '{request.Key}'.");
        DateTimeOffset? expiresAt = request.ExpiresInSeconds is { } seconds ? time.GetUtcNow().AddSeconds(seconds) : null;
        return store.Pins.TryPin(bucket.Facts.Name, request.Key, version, expiresAt, call.By, out var refusal)
            ? AdminAnswer.Ok(Describe(store.Pins.List().First(p => p.Generation == version.Generation)), AdminJson.Default.PinDocument)
            : throw AdminException.Conflict(refusal);
    }

    private async Task<AdminAnswer> UnpinAsync(AdminCall call)
    {
        var key = call.Required("key");
        var bucket = call.Required("bucket");
        call.Key = key;
        try
        {
            // The bucket may be gone, and its pins must go all the same.
            await objects.LocateAsync(call, bucket);
        }
        catch (AdminException e) when (e.Status == StatusCodes.Status404NotFound)
        {
            call.Parameters.Add(new("bucket", bucket));
        }

        try
        {
            return store.Pins.Release(bucket, key) > 0 ? List() : throw AdminException.NotFound($"'{key}' is not pinned.");
        }
        catch (IOException e)
        {
            throw AdminException.Unavailable(e.Message);
        }
    }

    private AdminAnswer List() => AdminAnswer.Ok(
        new PinList([.. store.Pins.List().Select(Describe)], store.Pins.PinnedBytes, store.Pins.MaxBytes), AdminJson.Default.PinList);

    private static PinDocument Describe(Pin pin) =>
        new(pin.Bucket, pin.Key, pin.VersionId, pin.Generation.ToString(), pin.Size, pin.Since, pin.ExpiresAt, pin.By);
}
