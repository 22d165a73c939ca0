using EdgeCache.Edge.Hosting;

namespace EdgeCache.Edge.Administration;

/// <summary>Begins and ends draining, and tells how many requests are left.</summary>
internal sealed class DrainEndpoints(DrainState drain, TimeProvider time, ILogger<DrainEndpoints> logger)
{
    private const string Path = "/v1/edge/drain";

    public void Map(AdminRoutes routes)
    {
        routes.Add(HttpMethods.Get, Path, "GetDrain", _ => Task.FromResult(Status()));
        routes.Add(HttpMethods.Post, Path, "Drain", _ =>
        {
            if (drain.TryBegin(time.GetUtcNow()))
            {
                AdminLog.Draining(logger);
            }

            return Task.FromResult(Status());
        });
        routes.Add(HttpMethods.Delete, Path, "Undrain", _ =>
        {
            if (drain.TryEnd())
            {
                AdminLog.NotDraining(logger);
            }

            return Task.FromResult(Status());
        });
    }

    private AdminAnswer Status() => AdminAnswer.Ok(new DrainStatus(drain.Since is not null, drain.Since, drain.InFlight), AdminJson.Default.DrainStatus);
}
