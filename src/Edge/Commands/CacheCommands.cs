using System.CommandLine;
using System.Globalization;
using EdgeCache.Edge.Administration;

namespace EdgeCache.Edge.Commands;

/// <summary><c>residency</c>, <c>purge</c>, <c>pin</c>, <c>unpin</c> and <c>pins</c>.</summary>
internal static class CacheCommands
{
    private const string PinPath = "/v1/edge/pins";

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
                    $"{Sizes.Percent(o.ResidentBytes, o.Size),5:0.0} %  {Sizes.Bytes(o.ResidentBytes),10} of {Sizes.Bytes(o.Size),10}  {(o.IsPinned ? "pinned" : "      ")}  {o.Key}")));
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
        return new Command("purge", "Drops objects from the cache; pinned ones stay.") { bucket, key, prefix, all }.Does(async (parsed, edge, output, cancellationToken) =>
        {
            var request = new PurgeRequest(parsed.GetValue(bucket), parsed.GetValue(key), parsed.GetValue(prefix), parsed.GetValue(all) ? true : null);
            var result = await edge.PostAsync("/v1/edge/purge", request, AdminJson.Default.PurgeRequest, AdminJson.Default.PurgeResult, cancellationToken);
            output.Write(result, AdminJson.Default.PurgeResult, static r => [$"{r.Objects} objects, {r.Chunks} pieces dropped"]);
            return ExitCode.Success;
        });
    }

    public static Command CreatePin()
    {
        var bucket = Bucket();
        var key = Key();
        var version = new Option<string?>("--version-id") { Description = "this version; the current one when not given" };
        var expires = new Option<TimeSpan?>("--for") { Description = "for this time, e.g. 1.00:00:00; until unpinned when not given" };
        return new Command("pin", "Keeps a version of an object in the cache once it is there.") { bucket, key, version, expires }.Does(async (parsed, edge, output, cancellationToken) =>
        {
            var request = new PinRequest(
                parsed.GetValue(bucket), parsed.GetValue(key), parsed.GetValue(version), parsed.GetValue(expires) is { } time ? (long)time.TotalSeconds : null);
            var pin = await edge.PostAsync(PinPath, request, AdminJson.Default.PinRequest, AdminJson.Default.PinDocument, cancellationToken);
            output.Write(pin, AdminJson.Default.PinDocument, static p => [Line(p)]);
            return ExitCode.Success;
        });
    }

    public static Command CreateUnpin()
    {
        var bucket = Bucket();
        var key = Key();
        return new Command("unpin", "Releases a pin.") { bucket, key }.Does(async (parsed, edge, output, cancellationToken) =>
        {
            var path = $"{PinPath}?bucket={Uri.EscapeDataString(parsed.GetValue(bucket)!)}&key={Uri.EscapeDataString(parsed.GetValue(key)!)}";
            var pins = await edge.DeleteAsync(path, AdminJson.Default.PinList, cancellationToken);
            output.Write(pins, AdminJson.Default.PinList, Lines);
            return ExitCode.Success;
        });
    }

    public static Command CreatePins() => new Command("pins", "Lists the pins.").Does(async (_, edge, output, cancellationToken) =>
    {
        var pins = await edge.GetAsync(PinPath, AdminJson.Default.PinList, cancellationToken);
        output.Write(pins, AdminJson.Default.PinList, Lines);
        return ExitCode.Success;
    });

    private static Option<string> Bucket() => new("--bucket") { Description = "the bucket", Required = true };

    private static Option<string> Key() => new("--key") { Description = "the object's key", Required = true };

    private static IEnumerable<string> Lines(PinList pins) =>
        [.. pins.Pins.Select(Line), $"{Sizes.Bytes(pins.PinnedBytes)} of at most {Sizes.Bytes(pins.MaxPinnedBytes)} pinned"];

    private static string Line(PinDocument pin) => string.Create(
        CultureInfo.InvariantCulture,
        $"{pin.Bucket}/{pin.Key}  {Sizes.Bytes(pin.Size)}  by {pin.By}  {(pin.ExpiresAt is { } at ? $"until {at:u}" : "until released")}");
}
