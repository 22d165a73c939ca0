using EdgeCache.Edge.Administration;
using EdgeCache.Edge.Administration.Warming;
using Spectre.Console;

namespace EdgeCache.Edge.Commands;

/// <summary>Shows how a warm-up comes on until it has ended: a bar in a terminal, else a line now and then, or JSON lines.</summary>
internal abstract class WarmProgress
{
    /// <summary>What fits where the output goes.</summary>
    public static WarmProgress For(AdminOutput output) =>
        output.IsJson || Console.IsOutputRedirected ? new LineProgress(output) : new BarProgress();

    /// <summary>Follows the job; <paramref name="next"/> gives its status after a pause.</summary>
    public abstract Task RunAsync(WarmStatus job, Func<CancellationToken, Task<WarmStatus>> next, CancellationToken cancellationToken);

    private static bool HasEnded(WarmStatus job) => job.EndedAt is not null;

    private sealed class LineProgress(AdminOutput output) : WarmProgress
    {
        /// <summary>A line of a log that nobody watches needs no more than this.</summary>
        private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

        public override async Task RunAsync(WarmStatus job, Func<CancellationToken, Task<WarmStatus>> next, CancellationToken cancellationToken)
        {
            var printedAt = TimeProvider.System.GetTimestamp();
            for (; !HasEnded(job); job = await next(cancellationToken))
            {
                if (TimeProvider.System.GetElapsedTime(printedAt) < Interval)
                {
                    continue;
                }

                output.Write(job, AdminJson.Default.WarmStatus, static j => [WarmCommand.Line(j)]);
                printedAt = TimeProvider.System.GetTimestamp();
            }
        }
    }

    private sealed class BarProgress : WarmProgress
    {
        public override Task RunAsync(WarmStatus job, Func<CancellationToken, Task<WarmStatus>> next, CancellationToken cancellationToken) =>
            AnsiConsole.Progress().AutoClear(true).HideCompleted(false)
                .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn())
                .StartAsync(async context =>
                {
                    var bar = context.AddTask(Describe(job), maxValue: 1);
                    for (; !HasEnded(job); job = await next(cancellationToken))
                    {
                        bar.Description = Describe(job);
                        bar.Value = Sizes.Percent(job.BytesDone, job.Bytes) / 100;
                        bar.IsIndeterminate = job.Bytes == 0;
                    }
                });

        private static string Describe(WarmStatus job) => Markup.Escape(
            $"{job.Bucket} {job.State.ToString().ToLowerInvariant()} {Sizes.Bytes(job.BytesDone)}/{Sizes.Bytes(job.Bytes)} {Sizes.Rate(job.BytesPerSecond)} " +
            $"{Sizes.Duration(job.SecondsLeft)} left");
    }
}
