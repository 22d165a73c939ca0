using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using EdgeCache.Shared.SigV4;

namespace EdgeCache.EndToEnd.Tests.Coherence;

/// <summary>Does operations on keys and notes them, with the times before and after on one monotonic clock.</summary>
internal sealed class HistoryClient : IDisposable
{
    private const string WriteHeader = "x-amz-meta-write";
    private const string LengthHeader = "x-amz-meta-length";
    private const int PartSize = 5 << 20;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(20);

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, ConnectTimeout = TimeSpan.FromSeconds(2), MaxConnectionsPerServer = 64 }) { Timeout = Timeout };
    private readonly SigV4Signer _signer = new(HistoryDeployment.AccessKeyId, HistoryDeployment.SecretKey, "us-east-1", TimeProvider.System);
    private readonly long _epoch = Stopwatch.GetTimestamp();

    /// <summary>What is wrong with single bodies.</summary>
    public List<Violation> Faults { get; } = [];

    public TimeSpan Now => Stopwatch.GetElapsedTime(_epoch);

    /// <summary>Creates a bucket in a region.</summary>
    public async Task CreateBucketAsync(string endpoint, HistoryBucket bucket, CancellationToken cancellationToken)
    {
        (await SendAsync(HttpMethod.Put, $"{endpoint}/{bucket.Name}", null, cancellationToken)).EnsureSuccessStatusCode().Dispose();
        if (bucket.IsVersioned)
        {
            var versioning = """<VersioningConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Status>Enabled</Status></VersioningConfiguration>"""u8.ToArray();
            (await SendAsync(HttpMethod.Put, $"{endpoint}/{bucket.Name}?versioning", versioning, cancellationToken)).EnsureSuccessStatusCode().Dispose();
        }
    }

    /// <summary>Writes a new body, in parts if it is large and <paramref name="inParts"/> is set.</summary>
    /// <returns>Whether it is known to have succeeded.</returns>
    public async Task<bool> PutAsync(string endpoint, HistoryKey key, bool inParts, CancellationToken cancellationToken)
    {
        var (id, length) = (key.NextWrite(), key.NextLength());
        var body = VersionedBody.Create(key.Number, id, length);
        var parts = inParts && length > PartSize ? body.Chunk(PartSize).ToList() : null;
        var etag = parts is null
            ? Convert.ToHexStringLower(MD5.HashData(body))
            : $"{Convert.ToHexStringLower(MD5.HashData([.. parts.SelectMany(static p => MD5.HashData(p))]))}-{parts.Count}";
        var start = Now;
        var succeeded = await TryAsync(
            () => parts is null
                ? SendAsync(HttpMethod.Put, endpoint + key.Path, body, cancellationToken, (WriteHeader, Text(id)), (LengthHeader, Text(length)))
                : UploadAsync(endpoint + key.Path, id, length, parts, cancellationToken));
        key.Add(new WriteOperation(id, start, succeeded is null ? null : Now, etag));
        succeeded?.Dispose();
        return succeeded is not null;
    }

    public async Task<bool> DeleteAsync(string endpoint, HistoryKey key, CancellationToken cancellationToken)
    {
        var (id, start) = (key.NextWrite(), Now);
        using var succeeded = await TryAsync(() => SendAsync(HttpMethod.Delete, endpoint + key.Path, null, cancellationToken));
        key.Add(new WriteOperation(id, start, succeeded is null ? null : Now, null, succeeded is null ? null : Header(succeeded, "x-amz-version-id")));
        return succeeded is not null;
    }

    /// <summary>Reads the key: all of it, a piece of it (<paramref name="range"/>), or its head; notes it if there was an answer.</summary>
    /// <param name="endpoint">Where.</param>
    /// <param name="where">Who that is.</param>
    /// <param name="key">What.</param>
    /// <param name="isHead">Whether only the head is read.</param>
    /// <param name="range">The first byte of a piece, as a share of the usual length; null for all.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The short form of how the cache served it; null when there was no answer.</returns>
    public async Task<string?> ReadAsync(string endpoint, string where, HistoryKey key, bool isHead, long? range, CancellationToken cancellationToken)
    {
        var start = Now;
        try
        {
            using var request = new HttpRequestMessage(isHead ? HttpMethod.Head : HttpMethod.Get, endpoint + key.Path);
            if (range is { } from)
            {
                request.Headers.Range = new RangeHeaderValue(from, from + (3 * VersionedBody.BlockSize));
            }

            _signer.Sign(request);
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            var cache = Header(response, "x-cache") ?? "ORIGIN";
            var status = Header(response, "Cache-Status");
            if (response.StatusCode == HttpStatusCode.NotFound)
            {
                key.Add(new ReadOperation(start, Now, null, null, Header(response, "x-amz-delete-marker") == "true" ? Header(response, "x-amz-version-id") : null, StaleFor(status), $"{where} {status}"));
                return cache;
            }

            if (response.StatusCode is HttpStatusCode.OK or HttpStatusCode.PartialContent)
            {
                var write = long.Parse(Header(response, WriteHeader)!, CultureInfo.InvariantCulture);
                key.Add(new ReadOperation(start, Now, write, response.Headers.ETag!.Tag.Trim('"'), null, StaleFor(status), $"{where} {status}"));
                Check(key, where, response, body, write, isHead, range ?? 0);
                return cache;
            }

            if (response.StatusCode == HttpStatusCode.ServiceUnavailable && Header(response, "Retry-After") is null)
            {
                Fault(key, $"{where} answered 503 without Retry-After");
            }

            return response.StatusCode is HttpStatusCode.RequestedRangeNotSatisfiable ? cache : null;
        }
        catch (Exception e) when (IsInterruption(e, cancellationToken))
        {
            return null;
        }
    }

    public void Dispose() => _http.Dispose();

    private void Check(HistoryKey key, string where, HttpResponseMessage response, byte[] body, long write, bool isHead, long offset)
    {
        var length = long.Parse(Header(response, LengthHeader)!, CultureInfo.InvariantCulture);
        var total = response.Content.Headers.ContentRange?.Length ?? response.Content.Headers.ContentLength;
        if (total != length)
        {
            Fault(key, $"{where} says {total} bytes for write {write} of {length}");
        }
        else if (!isHead && (body.Length >= VersionedBody.MinRange || offset == 0))
        {
            var (found, fault) = VersionedBody.Read(body, key.Number, offset, length);
            if (fault is not null || found != write)
            {
                Fault(key, $"{where} gave a body of write {found} under the head of {write}: {fault}");
            }
        }
    }

    private void Fault(HistoryKey key, string what)
    {
        lock (Faults)
        {
            Faults.Add(new Violation(key.Path, what));
        }
    }

    private async Task<HttpResponseMessage> UploadAsync(string url, long id, int length, List<byte[]> parts, CancellationToken cancellationToken)
    {
        using var initiated = await SendAsync(HttpMethod.Post, url + "?uploads", [], cancellationToken, (WriteHeader, Text(id)), (LengthHeader, Text(length)));
        initiated.EnsureSuccessStatusCode();
        var upload = Uri.EscapeDataString(Element(await initiated.Content.ReadAsStringAsync(cancellationToken), "UploadId"));
        var document = new StringBuilder("<CompleteMultipartUpload>");
        for (var number = 1; number <= parts.Count; number++)
        {
            using var part = await SendAsync(HttpMethod.Put, $"{url}?partNumber={number}&uploadId={upload}", parts[number - 1], cancellationToken);
            part.EnsureSuccessStatusCode();
            document.Append(CultureInfo.InvariantCulture, $"<Part><PartNumber>{number}</PartNumber><ETag>{part.Headers.ETag!.Tag}</ETag></Part>");
        }

        return await SendAsync(HttpMethod.Post, $"{url}?uploadId={upload}", Encoding.UTF8.GetBytes(document.Append("</CompleteMultipartUpload>").ToString()), cancellationToken);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string url, byte[]? body, CancellationToken cancellationToken, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, url);
        request.Content = body is null ? null : new ByteArrayContent(body);
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        _signer.Sign(request);
        return await _http.SendAsync(request, cancellationToken);
    }

    /// <summary>The answer if it is of success; null when nobody knows what became of the request.</summary>
    private static async Task<HttpResponseMessage?> TryAsync(Func<Task<HttpResponseMessage>> send)
    {
        try
        {
            var response = await send();
            if (response.IsSuccessStatusCode)
            {
                return response;
            }

            response.Dispose();
            return null;
        }
        catch (Exception e) when (IsInterruption(e, CancellationToken.None))
        {
            return null;
        }
    }

    private static bool IsInterruption(Exception e, CancellationToken cancellationToken) =>
        e is HttpRequestException or IOException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested);

    private static string? Header(HttpResponseMessage response, string name) => response.Headers.TryGetValues(name, out var values) ? values.First() : null;

    private static string Element(string xml, string name) => XDocument.Parse(xml).Descendants().First(e => e.Name.LocalName == name).Value;

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>What a Cache-Status says: <c>LGA1; hit; ttl=-3; detail=origin-unreachable</c> is stale for 3 seconds.</summary>
    private static TimeSpan? StaleFor(string? status) => status?.Split("; ").FirstOrDefault(static p => p.StartsWith("ttl=-", StringComparison.Ordinal)) is { } ttl
        ? TimeSpan.FromSeconds(int.Parse(ttl["ttl=-".Length..], CultureInfo.InvariantCulture))
        : null;
}
