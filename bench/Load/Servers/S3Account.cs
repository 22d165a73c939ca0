using System.Net;
using System.Xml.Linq;
using EdgeCache.Load.Data;
using EdgeCache.Shared.SigV4;

namespace EdgeCache.Load.Servers;

/// <summary>One bucket at one S3 endpoint, with the few signed requests that prepare a measurement.</summary>
internal sealed class S3Account(HttpClient http, SigV4Signer signer, Uri endpoint, string bucket)
{
    /// <summary>Larger objects are uploaded in parts of this size; one PUT takes 5 GiB at most.</summary>
    private const long PartSize = 1L << 30;

    public Task CreateBucketAsync(CancellationToken cancellation) => SendAsync(HttpMethod.Put, "", null, cancellation);

    public Task PutAsync(StoredObject stored, CancellationToken cancellation) => stored.Size <= PartSize
        ? PutAsync(stored.Key, Content(stored, 0, stored.Size), cancellation)
        : PutInPartsAsync(stored, cancellation);

    public Task PutAsync(string key, HttpContent content, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Put, key, request => request.Content = content, cancellation);

    /// <summary>A PUT with Content-MD5; the answer's ETag must be that digest.</summary>
    public async Task PutProvenAsync(string key, HttpContent content, byte[] digest, CancellationToken cancellation)
    {
        content.Headers.ContentMD5 = digest;
        var (etag, _) = await SendAsync(HttpMethod.Put, key, request => request.Content = content, cancellation);
        if (etag != $"\"{Convert.ToHexStringLower(digest)}\"")
        {
            throw new ServerException($"{key} was stored as {etag}");
        }
    }

    /// <summary>An upload of <paramref name="count"/> like parts at the same time, each proven by its digest.</summary>
    public async Task PutPartsAsync(string key, int count, Func<HttpContent> content, byte[] digest, CancellationToken cancellation)
    {
        var id = await InitiateAsync(key, cancellation);
        await Task.WhenAll(Enumerable.Range(1, count).Select(number =>
            PutProvenAsync($"{key}?partNumber={number}&uploadId={Uri.EscapeDataString(id)}", content(), digest, cancellation)));
        var parts = Enumerable.Range(1, count).Select(number =>
            new XElement("Part", new XElement("PartNumber", number), new XElement("ETag", $"\"{Convert.ToHexStringLower(digest)}\"")));
        await CompleteAsync(key, id, new XElement("CompleteMultipartUpload", parts), cancellation);
    }

    public Task CopyAsync(string source, string key, CancellationToken cancellation) => SendAsync(
        HttpMethod.Put, key, request => request.Headers.Add("x-amz-copy-source", $"/{bucket}/{source}"), cancellation);

    public Task DeleteAsync(string key, CancellationToken cancellation) => SendAsync(HttpMethod.Delete, key, null, cancellation);

    private async Task PutInPartsAsync(StoredObject stored, CancellationToken cancellation)
    {
        var id = await InitiateAsync(stored.Key, cancellation);
        var parts = new XElement("CompleteMultipartUpload");
        for (long offset = 0, number = 1; offset < stored.Size; offset += PartSize, number++)
        {
            var content = Content(stored, offset, Math.Min(PartSize, stored.Size - offset));
            var (etag, _) = await SendAsync(
                HttpMethod.Put, $"{stored.Key}?partNumber={number}&uploadId={Uri.EscapeDataString(id)}", request => request.Content = content, cancellation);
            parts.Add(new XElement("Part", new XElement("PartNumber", number), new XElement("ETag", etag)));
        }

        await CompleteAsync(stored.Key, id, parts, cancellation);
    }

    private async Task<string> InitiateAsync(string key, CancellationToken cancellation)
    {
        var upload = XDocument.Parse((await SendAsync(HttpMethod.Post, $"{key}?uploads", null, cancellation)).Body);
        return upload.Root!.Elements().Single(static e => e.Name.LocalName == "UploadId").Value;
    }

    private Task<(string? ETag, string Body)> CompleteAsync(string key, string id, XElement parts, CancellationToken cancellation) => SendAsync(
        HttpMethod.Post, $"{key}?uploadId={Uri.EscapeDataString(id)}", request => request.Content = new StringContent(parts.ToString()), cancellation);

    private static StreamContent Content(StoredObject stored, long offset, long length)
    {
        var content = new StreamContent(new SeededStream(stored.Content, offset + length) { Position = offset }, bufferSize: 1 << 20);
        content.Headers.ContentLength = length;
        return content;
    }

    private async Task<(string? ETag, string Body)> SendAsync(HttpMethod method, string key, Action<HttpRequestMessage>? prepare, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, new Uri(endpoint, key.Length == 0 ? $"/{bucket}" : $"/{bucket}/{key}"))
        {
            Version = HttpVersion.Version11,
        };
        prepare?.Invoke(request);
        signer.Sign(request);
        using var response = await http.SendAsync(request, cancellation);
        var body = await response.Content.ReadAsStringAsync(cancellation);

        // A copy may fail after its 200 was sent; the error is then in the body.
        if (!response.IsSuccessStatusCode || body.Contains("<Error>", StringComparison.Ordinal))
        {
            throw new ServerException($"{method} {request.RequestUri}: {(int)response.StatusCode} {body}");
        }

        return (response.Headers.ETag?.Tag, body);
    }
}
