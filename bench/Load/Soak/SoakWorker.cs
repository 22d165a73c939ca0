using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;

namespace EdgeCache.Load.Soak;

/// <summary>A client: makes one request after another at a random edge, and checks every byte of every answer.</summary>
internal sealed class SoakWorker(
    SoakDeployment deployment, SoakObjects objects, VersionLedger ledger, SoakTally tally, FaultClock faults, HttpClient http, Random random)
{
    private const int BufferSize = 256 << 10;
    private const int MaxRange = 12 << 20;

    /// <summary>The time that a request may take in all.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly byte[] _buffer = new byte[BufferSize];

    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            var (name, request) = random.Next(100) switch
            {
                < 40 => ("GET small", (Func<Uri, CancellationToken, Task<(string, long)>>)((edge, token) => ReadAsync(edge, Constant("small/"), whole: true, token))),
                < 55 => ("GET range", (edge, token) => ReadAsync(edge, Constant("large/"), whole: false, token)),
                < 62 => ("GET large", (edge, token) => ReadAsync(edge, Constant("large/"), whole: true, token)),
                < 66 => ("GET abandoned", AbandonAsync),
                < 80 => ("GET changing", ReadChangingAsync),
                < 88 => ("HEAD", HeadAsync),
                < 94 => ("PUT", WriteAsync),
                < 97 => ("LIST", ListAsync),
                _ => ("GET absent", AbsentAsync),
            };
            await MakeAsync(name, request, stopping);
        }
    }

    private async Task MakeAsync(string name, Func<Uri, CancellationToken, Task<(string Outcome, long Bytes)>> request, CancellationToken stopping)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        patience.CancelAfter(Patience);
        var begin = Stopwatch.GetTimestamp();
        try
        {
            var (outcome, bytes) = await request(deployment.Edges[random.Next(deployment.Edges.Count)], patience.Token);
            if (outcome == "ok")
            {
                tally.Succeeded(name, bytes);
            }
            else
            {
                tally.Failed(name, outcome, faults.Excuses(begin));
            }
        }
        catch (WrongAnswerException e)
        {
            tally.AnsweredWrongly(name, e.Message);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The soak is over.
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            tally.Failed(name, e is OperationCanceledException ? "timeout" : "broken connection", faults.Excuses(begin));
        }
    }

    private SoakObject Constant(string prefix)
    {
        while (true)
        {
            // Squared, so that some are wanted far more often than others, as in any fleet.
            var item = objects.Constant[(int)(random.NextDouble() * random.NextDouble() * objects.Constant.Count)];
            if (item.Key.StartsWith(prefix, StringComparison.Ordinal))
            {
                return item;
            }
        }
    }

    private async Task<(string, long)> ReadAsync(Uri edge, SoakObject item, bool whole, CancellationToken cancellation)
    {
        using var request = Request(HttpMethod.Get, edge, item.Key);
        long from = 0, to = item.Size - 1;
        if (!whole)
        {
            from = random.NextInt64(item.Size);
            to = Math.Min(item.Size - 1, from + random.Next(MaxRange >> random.Next(12)));
            request.Headers.Range = new RangeHeaderValue(from, to);
        }

        using var response = await SendAsync(request, cancellation);
        if (response.StatusCode != (whole ? HttpStatusCode.OK : HttpStatusCode.PartialContent))
        {
            return (StatusOf(response), 0);
        }

        var content = objects.ContentOf(item);
        await using var body = await response.Content.ReadAsStreamAsync(cancellation);
        var position = from;
        while (await body.ReadAsync(_buffer, cancellation) is > 0 and var count)
        {
            if (!content.Matches(position, _buffer.AsSpan(0, count)))
            {
                throw new WrongAnswerException($"{item.Key} bytes {position} to {position + count - 1}");
            }

            position += count;
        }

        return position == to + 1 ? ("ok", position - from) : throw new WrongAnswerException($"{item.Key} ends at {position} instead of {to + 1}");
    }

    private async Task<(string, long)> AbandonAsync(Uri edge, CancellationToken cancellation)
    {
        using var request = Request(HttpMethod.Get, edge, Constant("large/").Key);
        using var response = await SendAsync(request, cancellation);
        if (response.StatusCode != HttpStatusCode.OK)
        {
            return (StatusOf(response), 0);
        }

        await using var body = await response.Content.ReadAsStreamAsync(cancellation);
        return ("ok", await body.ReadAsync(_buffer, cancellation));
    }

    private async Task<(string, long)> ReadChangingAsync(Uri edge, CancellationToken cancellation)
    {
        var item = objects.Changing[random.Next(objects.Changing.Count)];
        var oldest = ledger.OldestAllowed(item);
        using var request = Request(HttpMethod.Get, edge, item.Key);
        using var response = await SendAsync(request, cancellation);
        if (response.StatusCode != HttpStatusCode.OK)
        {
            return (StatusOf(response), 0);
        }

        var isStale = response.Headers.TryGetValues("x-cache", out var values) && values.Contains("STALE");
        var body = await response.Content.ReadAsByteArrayAsync(cancellation);
        var version = objects.VersionOf(item, body) ?? throw new WrongAnswerException($"{item.Key}: {body.Length} bytes that are no version of it");
        return version >= oldest || isStale ? ("ok", body.Length)
            : throw new WrongAnswerException($"{item.Key}: version {version}, though {oldest} had been acknowledged more than {VersionLedger.Allowance.TotalSeconds} s before");
    }

    private async Task<(string, long)> HeadAsync(Uri edge, CancellationToken cancellation)
    {
        var item = objects.Constant[random.Next(objects.Constant.Count)];
        using var request = Request(HttpMethod.Head, edge, item.Key);
        using var response = await SendAsync(request, cancellation);
        return response.StatusCode != HttpStatusCode.OK ? (StatusOf(response), 0)
            : response.Content.Headers.ContentLength == item.Size ? ("ok", 0)
            : throw new WrongAnswerException($"{item.Key}: Content-Length {response.Content.Headers.ContentLength} instead of {item.Size}");
    }

    private async Task<(string, long)> WriteAsync(Uri edge, CancellationToken cancellation)
    {
        var item = objects.Changing[random.Next(objects.Changing.Count)];
        using var write = await ledger.BeginAsync(item, cancellation);
        try
        {
            using var request = Request(HttpMethod.Put, edge, item.Key, objects.BodyOf(item, write.Version));
            using var response = await SendAsync(request, cancellation);
            if (response.StatusCode == HttpStatusCode.OK)
            {
                write.Acknowledge();
                return ("ok", 0);
            }

            return (StatusOf(response), 0);
        }
        finally
        {
            // What was cut off may still arrive at the origin: the next write must not be overtaken by it.
            if (!write.IsAcknowledged)
            {
                await Task.Delay(VersionLedger.Allowance, CancellationToken.None);
            }
        }
    }

    private async Task<(string, long)> ListAsync(Uri edge, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(edge, $"/{SoakDeployment.Bucket}?list-type=2&prefix=changing%2F"));
        deployment.Signer.Sign(request);
        using var response = await SendAsync(request, cancellation);
        var text = await response.Content.ReadAsStringAsync(cancellation);
        return response.StatusCode != HttpStatusCode.OK ? (StatusOf(response), 0)
            : text.Contains($"<KeyCount>{objects.Changing.Count}</KeyCount>", StringComparison.Ordinal) ? ("ok", text.Length)
            : throw new WrongAnswerException("a listing without all keys");
    }

    private async Task<(string, long)> AbsentAsync(Uri edge, CancellationToken cancellation)
    {
        using var request = Request(HttpMethod.Get, edge, $"absent/{random.Next(1000)}");
        using var response = await SendAsync(request, cancellation);
        return response.StatusCode == HttpStatusCode.NotFound ? ("ok", 0)
            : response.IsSuccessStatusCode ? throw new WrongAnswerException("an object that was never stored")
            : (StatusOf(response), 0);
    }

    private HttpRequestMessage Request(HttpMethod method, Uri edge, string key, byte[]? body = null)
    {
        var request = new HttpRequestMessage(method, new Uri(edge, $"/{SoakDeployment.Bucket}/{key}")) { Content = body is null ? null : new ByteArrayContent(body) };
        deployment.Signer.Sign(request);
        return request;
    }

    private Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellation) =>
        http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);

    private static string StatusOf(HttpResponseMessage response) => ((int)response.StatusCode).ToString(System.Globalization.CultureInfo.InvariantCulture);

    private sealed class WrongAnswerException(string message) : Exception(message);
}
