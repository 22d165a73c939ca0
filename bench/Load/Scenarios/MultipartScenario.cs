namespace EdgeCache.Load.Scenarios;

/// <summary><c>multipart8</c>: one object in eight parts at the same time, from its initiation to the answer to its completion.</summary>
internal sealed class MultipartScenario(ScenarioContext context) : UploadScenario(ScenarioName, context)
{
    public const string ScenarioName = "multipart8";

    /// <summary>The rate over the lower one of dd's and MD5's, the latter with a thread on every core.</summary>
    public const string Share = "of the disk or MD5";

    private byte[]? _digest;

    protected override int Parts => 8;

    protected override Task UploadAsync(string key, CancellationToken cancellation)
    {
        _digest ??= RepeatedContent.Digest(Block, Size / Parts);
        return Deployment.At(Edge).PutPartsAsync(key, Parts, () => new RepeatedContent(Block, Size / Parts), _digest, cancellation);
    }

    protected override async Task CompareAsync(double rate, double disk, double digest)
    {
        var allCores = Size / 1e9 / await DiskAndDigest.DigestAsync(Block, Size, Environment.ProcessorCount);
        Add("MD5 on all cores GB/s", allCores);
        Add(Share, rate / Math.Min(disk, allCores));
        Add("of the disk or MD5 on one core", rate / Math.Min(disk, digest));
    }
}
