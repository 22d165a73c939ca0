using System.CommandLine;
using System.Globalization;
using EdgeCache.Edge.Administration;

namespace EdgeCache.Edge.Commands;

/// <summary><c>residency</c> and <c>purge</c>.</summary>
internal static class CacheCommands
{
    public static Command CreateResidency()
    {
        var bucket = Bucket();
        var prefix = new Option<string>("--prefix") { Description = "only keys that begin with this", DefaultValueFactory = static _ => string.Empty };
        return new Command("residency", "Shows how much of each object is in the cache.") { bucket, prefix }.Does(async (parsed, edge, output, cancellationToken) =>
        {
            var query = $"/v1/edge/residency?bucket={Uri.EscapeDataString(parsed.GetValue(bucket)!)}&prefix={Uri.EscapeDataString(parsed.GetValue(prefix)!)}";
            for (string? after = string.Empty; after is not null;)
            {
                var page = await edge.GetAsync($"{query}&after={Uri.EscapeDataString(after)}", AdminJson.Default.ResidencyPage, cancellationToken);
                output.Write(page, AdminJson.Default.ResidencyPage, static p => p.Objects.Select(static o => string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Sizes.Percent(o.ResidentBytes, o.Size),5:0.0} %  {Sizes.Bytes(o.ResidentBytes),10} of {Sizes.Bytes(o.Size),10}  {o.Key}")));
                after = page.Next;
            }

            return ExitCode.Success;
        });
    }

    public static Command CreatePurge()
    {
        var bucket = Bucket();
        var key = new Option<string?>("--key") { Description = "this object" };
        var prefix = new Option<string?>("--prefix") { Description = "all objects whose keys begin with this" };
        var all = new Option<bool>("--all") { Description = "the whole bucket" };
        return new Command("purge", "Drops objects from the cache.") { bucket, key, prefix, all }.Does(async (parsed, edge, output, cancellationToken) =>
        {
            var request = new PurgeRequest(parsed.GetValue(bucket), parsed.GetValue(key), parsed.GetValue(prefix), parsed.GetValue(all) ? true : null);
            var result = await edge.PostAsync("/v1/edge/purge", request, AdminJson.Default.PurgeRequest, AdminJson.Default.PurgeResult, cancellationToken);
            output.Write(result, AdminJson.Default.PurgeResult, static r => [$"{r.Objects} objects, {r.Chunks} pieces dropped"]);
            return ExitCode.Success;
        });
    }

    private static Option<string> Bucket() => new("--bucket") { Description = "the bucket", Required = true };
}
