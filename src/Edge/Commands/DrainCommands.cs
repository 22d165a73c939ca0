using System.CommandLine;
using EdgeCache.Edge.Administration;

namespace EdgeCache.Edge.Commands;

/// <summary><c>drain</c> and <c>undrain</c>.</summary>
internal static class DrainCommands
{
    private const string Path = "/v1/edge/drain";

    /// <summary>How often it is looked whether requests are left.</summary>
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(500);

    public static Command CreateDrain()
    {
        var wait = new Option<TimeSpan?>("--wait") { Description = "wait at most this long until no request is in flight, e.g. 00:05:00" };
        return new Command("drain", "Makes the edge not ready, so that it is no longer announced; it serves whoever still comes.") { wait }.Does(
            async (parsed, edge, output, cancellationToken) =>
            {
                var status = await edge.PostAsync(Path, AdminJson.Default.DrainStatus, cancellationToken);
                var patience = parsed.GetValue(wait) ?? TimeSpan.Zero;
                for (var began = TimeProvider.System.GetTimestamp(); status.RequestsInFlight > 0 && TimeProvider.System.GetElapsedTime(began) < patience;)
                {
                    await Task.Delay(PollInterval, TimeProvider.System, cancellationToken);
                    status = await edge.GetAsync(Path, AdminJson.Default.DrainStatus, cancellationToken);
                }

                Print(output, status);
                return status.RequestsInFlight > 0 && patience > TimeSpan.Zero ? ExitCode.Incomplete : ExitCode.Success;
            });
    }

    public static Command CreateUndrain() => new Command("undrain", "Makes the edge ready again.").Does(async (_, edge, output, cancellationToken) =>
    {
        Print(output, await edge.DeleteAsync(Path, AdminJson.Default.DrainStatus, cancellationToken));
        return ExitCode.Success;
    });

    private static void Print(AdminOutput output, DrainStatus status) => output.Write(
        status, AdminJson.Default.DrainStatus, static s => [$"{(s.IsDraining ? $"draining since {s.Since:u}" : "not draining")}, {s.RequestsInFlight} requests in flight"]);
}
