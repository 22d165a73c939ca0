namespace EdgeCache.Load.Scenarios;

/// <summary><c>put1g</c>: one PUT, one connection.</summary>
internal sealed class PutScenario(ScenarioContext context) : UploadScenario(ScenarioName, context)
{
    public const string ScenarioName = "put1g";

    /// <summary>The rate over that of dd and MD5 one after the other, as one program does it that reads, digests, writes and syncs.</summary>
    public const string Share = "of dd plus MD5";

    private byte[]? _digest;

    protected override int Parts => 1;

    protected override Task UploadAsync(string key, CancellationToken cancellation)
    {
        _digest ??= RepeatedContent.Digest(Block, Size);
        return Deployment.At(Edge).PutProvenAsync(key, new RepeatedContent(Block, Size), _digest, cancellation);
    }

    protected override Task CompareAsync(double rate, double disk, double digest)
    {
        Add(Share, rate * ((1 / disk) + (1 / digest)));
        Add("of the slower of both", rate / Math.Min(disk, digest));
        return Task.CompletedTask;
    }
}
