using System.CommandLine;
using System.Diagnostics;
using EdgeCache.Load.Data;

namespace EdgeCache.Load.Commands;

/// <summary><c>checkpoint</c>: writes a sharded checkpoint of reproducible content; <c>checkpoint verify</c>: checks one.</summary>
internal static class CheckpointCommand
{
    private const ulong DefaultSeed = 1;
    private const int MaxFaultsPrinted = 20;

    public static Command Create()
    {
        var output = new Option<string>("--out") { Required = true, Description = "The directory to write into.", HelpName = "DIR" };
        var size = SizeOption.Create("--size", 4L << 30, "The bytes of all tensors.");
        var shards = new Option<int>("--shards") { Description = "The number of files.", DefaultValueFactory = _ => 8 }
            .Within(1, CheckpointPlan.MaxShards);
        var seed = new Option<ulong>("--seed") { Description = "The content's seed.", DefaultValueFactory = _ => DefaultSeed };
        var command = new Command("checkpoint", "Write a sharded checkpoint in safetensors format.") { output, size, shards, seed, CreateVerify() };
        command.SetAction(async (parsed, cancellation) =>
        {
            var plan = CheckpointPlan.Create(parsed.GetValue(size), parsed.GetValue(shards), parsed.GetValue(seed));
            var watch = Stopwatch.StartNew();
            await CheckpointWriter.WriteAsync(plan, parsed.GetValue(output)!, new ConsoleLines(), cancellation);
            Console.WriteLine($"seed {plan.Seed}: {plan.TotalSize} tensor bytes in {plan.Shards.Count} shards, {watch.Elapsed.TotalSeconds:F1} s");
            return 0;
        });
        return command;
    }

    private static Command CreateVerify()
    {
        var directory = new Argument<DirectoryInfo>("DIR") { Description = "The checkpoint's directory." };
        directory.AcceptExistingOnly();
        var seed = new Option<ulong?>("--seed") { Description = "The content's seed, instead of the one that the shards name." };
        var command = new Command("verify", "Check the format and every byte of a checkpoint.") { directory, seed };
        command.SetAction(async (parsed, cancellation) =>
        {
            var faults = await CheckpointVerifier.VerifyAsync(parsed.GetValue(directory)!.FullName, parsed.GetValue(seed), cancellation);
            foreach (var fault in faults.Take(MaxFaultsPrinted))
            {
                await Console.Error.WriteLineAsync(fault);
            }

            Console.WriteLine(faults.Count == 0 ? "whole" : $"{faults.Count} faults");
            return faults.Count == 0 ? 0 : 1;
        });
        return command;
    }
}
