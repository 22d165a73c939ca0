using EdgeCache.Edge.Storage;

namespace EdgeCache.Edge.Administration.Warming;

/// <summary>Begins, shows and ends warm-ups.</summary>
internal sealed class WarmEndpoints(ObjectDirectory objects, WarmJobs jobs, ChunkCache store, TimeProvider time)
{
    private const string Path = "/v1/edge/warm";

    public void Map(AdminRoutes routes)
    {
        routes.Add(HttpMethods.Post, Path, "WarmObjects", StartAsync);
        routes.Add(HttpMethods.Get, Path, "ListWarmUps", _ => Task.FromResult(
            AdminAnswer.Ok(new WarmList([.. jobs.All.Select(j => j.Status(time.GetUtcNow()))]), AdminJson.Default.WarmList)));
        routes.Add(HttpMethods.Get, Path + "/{id}", "GetWarmUp", call => Task.FromResult(
            AdminAnswer.Ok(Find(call).Status(time.GetUtcNow()), AdminJson.Default.WarmStatus)));
        routes.Add(HttpMethods.Get, Path + "/{id}/objects", "ListWarmedObjects", call => Task.FromResult(ListObjects(call)));
        routes.Add(HttpMethods.Delete, Path + "/{id}", "CancelWarmUp", CancelAsync);
    }

    private async Task<AdminAnswer> StartAsync(AdminCall call)
    {
        var request = await call.ReadAsync(AdminJson.Default.WarmRequest);
        request.Validate();
        var bucket = await objects.LocateAsync(call, request.Bucket);
        call.Key = request.Index;
        if (request.Prefix is { } prefix)
        {
            call.Parameters.Add(new("prefix", prefix));
        }

        var job = jobs.Start(request, bucket.Facts.Name, call.By);
        call.Parameters.Add(new("job", job.Id));
        return AdminAnswer.Accepted(job.Status(time.GetUtcNow()), AdminJson.Default.WarmStatus);
    }

    private async Task<AdminAnswer> CancelAsync(AdminCall call)
    {
        var job = Find(call);
        call.Parameters.Add(new("job", job.Id));
        await objects.LocateAsync(call, job.Bucket);
        job.Cancel();
        return AdminAnswer.Ok(job.Status(time.GetUtcNow()), AdminJson.Default.WarmStatus);
    }

    private AdminAnswer ListObjects(AdminCall call)
    {
        var job = Find(call);
        var limit = call.Limit();
        var after = call.Optional("after") is not { Length: > 0 } text ? 0
            : int.TryParse(text, out var number) && number >= 0 ? number
            : throw AdminException.Invalid("'after' must be what the page before gave as 'next'.");
        var all = job.Objects;
        var page = all.Skip(after).Take(limit).Select(Describe).ToList();
        int? next = after + page.Count < all.Count ? after + page.Count : null;
        return AdminAnswer.Ok(new WarmObjectPage(job.Id, job.Status(time.GetUtcNow()).State, page, next), AdminJson.Default.WarmObjectPage);
    }

    private WarmObjectDocument Describe(WarmObject item) => item.Version is { } version
        ? new(item.Key, version.VersionId, version.Generation.ToString(), version.Size, store.ResidentBytes(version.Generation, version.Size), item.Error)
        : new(item.Key, null, null, item.Size, 0, item.Error);

    private WarmJob Find(AdminCall call) => jobs.Find((string)call.Http.Request.RouteValues["id"]!);
}
