using System.CommandLine;
using System.Globalization;
using EdgeCache.Edge.Administration;
using EdgeCache.Edge.Administration.Warming;

namespace EdgeCache.Edge.Commands;

/// <summary><c>warm</c>, <c>jobs</c> and <c>cancel</c>.</summary>
internal static class WarmCommand
{
    private const string Path = "/v1/edge/warm";

    /// <summary>How often the progress is asked for.</summary>
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(500);

    public static Command Create()
    {
        var bucket = new Option<string>("--bucket") { Description = "the bucket", Required = true };
        var prefix = new Option<string?>("--prefix") { Description = "all keys that begin with this; '' for the whole bucket" };
        var keys = new Option<string[]>("--key") { Description = "a key; may be given several times", AllowMultipleArgumentsPerToken = true };
        var list = new Option<FileInfo?>("--list") { Description = "a file with a key per line; - for standard input" };
        var index = new Option<string?>("--index") { Description = "the key of a *.safetensors.index.json: it and its shards" };
        var deadline = new Option<TimeSpan?>("--deadline") { Description = "give up after this time, e.g. 01:30:00" };
        var pin = new Option<TimeSpan?>("--pin") { Description = "pin everything for this time, e.g. 1.00:00:00" };
        var detach = new Option<bool>("--detach") { Description = "print the job and don't wait for it" };
        return new Command("warm", "Fetches objects into the cache before anybody asks for them, and proves that they are there.")
        {
            bucket, prefix, keys, list, index, deadline, pin, detach,
        }.Does(async (parsed, edge, output, cancellationToken) =>
        {
            string[] named = [.. parsed.GetValue(keys) ?? [], .. await ReadListAsync(parsed.GetValue(list), cancellationToken)];
            var request = new WarmRequest(
                parsed.GetValue(bucket), parsed.GetValue(prefix), named.Length == 0 ? null : named, parsed.GetValue(index),
                Seconds(parsed.GetValue(deadline)), Seconds(parsed.GetValue(pin)));
            var job = await edge.PostAsync(Path, request, AdminJson.Default.WarmRequest, AdminJson.Default.WarmStatus, cancellationToken);
            if (parsed.GetValue(detach))
            {
                output.Write(job, AdminJson.Default.WarmStatus, static j => [j.Id]);
                return ExitCode.Success;
            }

            return await FollowAsync(edge, job, output, cancellationToken);
        });
    }

    public static Command CreateJobs() => new Command("jobs", "Lists the warm-ups that the edge knows of.").Does(async (_, edge, output, cancellationToken) =>
    {
        var all = await edge.GetAsync(Path, AdminJson.Default.WarmList, cancellationToken);
        output.Write(all, AdminJson.Default.WarmList, static l => l.Jobs.Select(static j => $"{j.Id}  {j.CreatedAt:u}  {j.By}  {Line(j)}"));
        return ExitCode.Success;
    });

    public static Command CreateCancel()
    {
        var id = new Argument<string>("job") { Description = "the warm-up's id" };
        return new Command("cancel", "Ends a warm-up; what it has fetched stays.") { id }.Does(async (parsed, edge, output, cancellationToken) =>
        {
            var job = await edge.DeleteAsync($"{Path}/{Uri.EscapeDataString(parsed.GetValue(id)!)}", AdminJson.Default.WarmStatus, cancellationToken);
            output.Write(job, AdminJson.Default.WarmStatus, static j => [Line(j)]);
            return ExitCode.Success;
        });
    }

    /// <summary>A job in one line of text.</summary>
    public static string Line(WarmStatus job) =>
        $"{job.Bucket}: {job.State.ToString().ToLowerInvariant()}, {job.ObjectsDone}/{job.Objects} objects, {Sizes.Bytes(job.BytesDone)} of {Sizes.Bytes(job.Bytes)}" +
        string.Create(CultureInfo.InvariantCulture, $" ({Sizes.Percent(job.BytesDone, job.Bytes):0.0} %), {Sizes.Rate(job.BytesPerSecond)}") +
        (job.SecondsLeft is { } left ? $", {Sizes.Duration(left)} left" : string.Empty) +
        (job.ResidentBytes is { } resident ? $", {Sizes.Bytes(resident)} resident" : string.Empty) +
        (job.Error is { } error ? $"; {error}" : string.Empty);

    private static async Task<int> FollowAsync(AdminClient edge, WarmStatus job, AdminOutput output, CancellationToken cancellationToken)
    {
        var progress = WarmProgress.For(output);
        try
        {
            await progress.RunAsync(job, async token =>
            {
                await Task.Delay(PollInterval, TimeProvider.System, token);
                return await edge.GetAsync($"{Path}/{job.Id}", AdminJson.Default.WarmStatus, token);
            }, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Ctrl-C means the work, not only the watching: that is what --detach is for.
            await edge.DeleteAsync($"{Path}/{job.Id}", AdminJson.Default.WarmStatus, CancellationToken.None);
            throw new AdminCommandException($"interrupted; the warm-up {job.Id} was cancelled");
        }

        var ended = await edge.GetAsync($"{Path}/{job.Id}", AdminJson.Default.WarmStatus, cancellationToken);
        output.Write(ended, AdminJson.Default.WarmStatus, static j => [Line(j)]);
        await PrintObjectsAsync(edge, ended, output, cancellationToken);
        return ended.State == WarmState.Complete ? ExitCode.Success : ExitCode.Incomplete;
    }

    /// <summary>The proof of residency: all objects as JSON, those that are not whole as text.</summary>
    private static async Task PrintObjectsAsync(AdminClient edge, WarmStatus job, AdminOutput output, CancellationToken cancellationToken)
    {
        for (int? after = 0; after is not null;)
        {
            var page = await edge.GetAsync($"{Path}/{job.Id}/objects?after={after}", AdminJson.Default.WarmObjectPage, cancellationToken);
            output.Write(page, AdminJson.Default.WarmObjectPage, static p => p.Objects
                .Where(static o => o.Error is not null || o.ResidentBytes != o.Size)
                .Select(static o => $"  {o.Key}: {Sizes.Bytes(o.ResidentBytes)} of {Sizes.Bytes(o.Size)}{(o.Error is { } error ? $"; {error}" : string.Empty)}"));
            after = page.Next;
        }
    }

    private static async Task<string[]> ReadListAsync(FileInfo? list, CancellationToken cancellationToken)
    {
        if (list is null)
        {
            return [];
        }

        try
        {
            using var reader = list.Name == "-" ? Console.In : new StreamReader(list.FullName);
            var text = await reader.ReadToEndAsync(cancellationToken);
            return text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new AdminCommandException($"can't read the list: {e.Message}");
        }
    }

    private static long? Seconds(TimeSpan? time) => time is { } span ? (long)Math.Ceiling(span.TotalSeconds) : null;
}
