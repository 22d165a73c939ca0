using System.Globalization;
using System.Net;
using System.Text;
using EdgeCache.Load.Client;
using EdgeCache.Load.Data;
using EdgeCache.Load.Servers;

namespace EdgeCache.Load.FarLink;

/// <summary>One download: how fast, how soon, and what the edge spent on it.</summary>
internal sealed record FarSample(double BytesPerSecond, TimeSpan FirstByte, TimeSpan EdgeCpu);

/// <summary>
/// Measures, in turn and over the same way: one plain GET of an object that the edge has never seen, and a ranged downloader with several connections straight
/// to the origin; then the first byte of a miss beside the origin's own.
/// </summary>
internal sealed class FarLinkRun(FarDeployment far, FarLinkSettings settings, IProgress<string> progress)
{
    private const string Large = "large";
    private const string Small = "small";
    private const long SmallSize = 1 << 20;

    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(30);

    public async Task<FarLinkResult> MeasureAsync(CancellationToken cancellation)
    {
        await far.Account.CreateBucketAsync(cancellation);
        progress.Report($"uploading {settings.Size >> 20} MiB");
        var large = new StoredObject(Large, settings.Size, SeededBytes.For(1, Large));
        var small = new StoredObject(Small, SmallSize, SeededBytes.For(1, Small));
        await far.Account.PutAsync(large, cancellation);
        await far.Account.PutAsync(small, cancellation);

        // The first reads pay for the just-in-time compiler, the caller's key and the bucket's facts.
        await ThroughEdgeAsync(small, cancellation);
        await DirectAsync(small, cancellation);
        var (edge, direct) = (new List<FarSample>(), new List<FarSample>());
        for (var round = 1; round <= settings.Rounds; round++)
        {
            // The uploaded object itself is cold once; further ones are copies, which can't be made of more than 5 GiB.
            edge.Add(round == 1 ? await ThroughEdgeAsync(large, cancellation) : await ColdAsync(large, $"large-{round}", cancellation));
            direct.Add(await DirectAsync(large, cancellation));
            progress.Report(string.Create(CultureInfo.InvariantCulture,
                $"round {round}: edge, one GET {edge[^1].BytesPerSecond / 1e6:F1} MB/s, edge cpu {edge[^1].EdgeCpu.TotalSeconds / (settings.Size / 1e9):F2} s/GB; " +
                $"{settings.Ways}-way {direct[^1].BytesPerSecond / 1e6:F1} MB/s; ratio {edge[^1].BytesPerSecond / direct[^1].BytesPerSecond:F3}"));
        }

        return new FarLinkResult(edge, direct, await FirstBytesAsync(small, cancellation));
    }

    private async Task<FirstByteSamples> FirstBytesAsync(StoredObject small, CancellationToken cancellation)
    {
        var samples = new FirstByteSamples();
        for (var i = 0; i < settings.FirstBytes; i++)
        {
            samples.Origin.Add((await OneAsync(far.FarOrigin, small, cancellation)).FirstByte);

            var key = $"first-{i}";
            await far.Account.CopyAsync(small.Key, key, cancellation);
            samples.Unknown.Add((await OneAsync(far.Edge, small with { Key = key }, cancellation)).FirstByte);

            // Known to the edge by a HEAD, but not one byte of it.
            key = $"known-{i}";
            await far.Account.CopyAsync(small.Key, key, cancellation);
            await HeadAsync(key, cancellation);
            samples.Known.Add((await OneAsync(far.Edge, small with { Key = key }, cancellation)).FirstByte);
        }

        return samples;
    }

    private async Task<FarSample> ColdAsync(StoredObject source, string key, CancellationToken cancellation)
    {
        await far.Account.CopyAsync(source.Key, key, cancellation);
        var sample = await ThroughEdgeAsync(source with { Key = key }, cancellation);
        await far.Account.DeleteAsync(key, cancellation);
        return sample;
    }

    private Task<FarSample> ThroughEdgeAsync(StoredObject stored, CancellationToken cancellation) => OneAsync(far.Edge, stored, cancellation);

    private Task<FarSample> OneAsync(IPEndPoint endPoint, StoredObject stored, CancellationToken cancellation) =>
        RunAsync(endPoint, [Request(endPoint, stored, 0, stored.Size, ranged: false)], connections: 1, stored.Size, cancellation);

    private Task<FarSample> DirectAsync(StoredObject stored, CancellationToken cancellation)
    {
        var parts = new List<PreparedRequest>();
        for (long offset = 0; offset < stored.Size; offset += settings.Part)
        {
            parts.Add(Request(far.FarOrigin, stored, offset, Math.Min(settings.Part, stored.Size - offset), ranged: true));
        }

        return RunAsync(far.FarOrigin, parts, Math.Min(settings.Ways, parts.Count), stored.Size, cancellation);
    }

    private async Task<FarSample> RunAsync(
        IPEndPoint endPoint, List<PreparedRequest> requests, int connections, long bytes, CancellationToken cancellation)
    {
        var cpu = far.EdgeCpu;
        var plan = new LoadPlan { EndPoint = endPoint, Requests = requests, Connections = connections, Duration = Longest, RequestLimit = requests.Count };
        var result = await LoadClient.RunAsync(plan, cancellation);
        return result.Errors == 0 && result.Bytes == bytes
            ? new FarSample(bytes / result.Elapsed.TotalSeconds, result.FirstByte.Max, far.EdgeCpu - cpu)
            : throw new ServerException($"{result.Errors} errors, {result.Bytes} of {bytes} bytes: {result.FirstError}");
    }

    private async Task HeadAsync(string key, CancellationToken cancellation)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var request = new HttpRequestMessage(HttpMethod.Head, new Uri($"http://{far.Edge}{FarDeployment.Target(far.Edge, key, HttpMethod.Head)}"));
        using var response = await http.SendAsync(request, cancellation);
        if (!response.IsSuccessStatusCode)
        {
            throw new ServerException($"HEAD {key}: {(int)response.StatusCode}");
        }
    }

    private static PreparedRequest Request(IPEndPoint endPoint, StoredObject stored, long offset, long length, bool ranged)
    {
        var range = ranged ? $"Range: bytes={offset}-{offset + length - 1}\r\n" : string.Empty;
        var head = $"GET {FarDeployment.Target(endPoint, stored.Key, HttpMethod.Get)} HTTP/1.1\r\nHost: {endPoint}\r\n{range}\r\n";
        return new PreparedRequest(Encoding.ASCII.GetBytes(head), length, stored.Content, offset);
    }
}
