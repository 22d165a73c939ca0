using EdgeCache.Load.Data;
using EdgeCache.Load.Servers;

namespace EdgeCache.Load.Soak;

/// <summary>Mixed load with faults for a while, every byte checked.</summary>
internal sealed class SoakRun(SoakDeployment deployment, SoakSettings settings, HttpClient http)
{
    public async Task<SoakReport> RunAsync(CancellationToken cancellation)
    {
        var objects = new SoakObjects(settings.Seed, settings.CacheSize);
        await StoreAsync(objects, cancellation);
        var (tally, clock, ledger) = (new SoakTally(), new FaultClock(), new VersionLedger(objects));
        var sampler = new SoakSampler(deployment);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        ending.CancelAfter(settings.Duration);
        var random = new Random(settings.Seed);
        using var faulting = CancellationTokenSource.CreateLinkedTokenSource(ending.Token);
        var workers = Enumerable.Range(0, settings.Workers)
            .Select(_ => new SoakWorker(deployment, objects, ledger, tally, clock, http, new Random(random.Next())).RunAsync(ending.Token)).ToList();
        var faults = new SoakFaults(deployment, tally, clock, http, settings.FaultInterval, new Random(random.Next())).RunAsync(faulting.Token);
        var sampling = sampler.RunAsync(ending.Token);
        await Task.WhenAll(workers);
        await sampling;
        await faults.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (faults.IsFaulted)
        {
            throw faults.Exception.GetBaseException();
        }

        cancellation.ThrowIfCancellationRequested();
        return new SoakReport(settings, tally, sampler.Samples);
    }

    private async Task StoreAsync(SoakObjects objects, CancellationToken cancellation)
    {
        var account = new S3Account(http, deployment.Signer, deployment.Origin, SoakDeployment.Bucket);
        await account.CreateBucketAsync(cancellation);
        foreach (var item in objects.Constant)
        {
            await account.PutAsync(new StoredObject(item.Key, item.Size, objects.ContentOf(item)), cancellation);
        }

        foreach (var item in objects.Changing)
        {
            await account.PutAsync(item.Key, new ByteArrayContent(objects.BodyOf(item, version: 0)), cancellation);
        }
    }
}
