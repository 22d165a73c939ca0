using System.Net;
using System.Text;
using System.Xml.Linq;
using EdgeCache.Shared.SigV4;

namespace EdgeCache.Origin.Tests;

/// <summary>A bare S3 client: it sends exactly what a test says, signed or not.</summary>
internal sealed class S3TestClient(Uri endpoint, HttpClient http, SigV4Signer? signer)
{
    public Uri Endpoint => endpoint;

    public SigV4Signer? Signer => signer;

    public static async Task<string> NewBucketAsync(S3TestClient client, string name = "bucket-1", string? acl = null)
    {
        var answer = await client.SendAsync(HttpMethod.Put, "/" + name, headers: acl is null ? [] : [("x-amz-acl", acl)]);
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        return name;
    }

    public Task<S3Answer> PutAsync(string path, string body, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Put, path, Encoding.UTF8.GetBytes(body), headers);

    public Task<S3Answer> PutAsync(string path, byte[] body, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Put, path, body, headers);

    public Task<S3Answer> PostAsync(string path, string body, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Post, path, Encoding.UTF8.GetBytes(body), headers);

    public Task<S3Answer> GetAsync(string path, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Get, path, null, headers);

    public Task<S3Answer> HeadAsync(string path, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Head, path, null, headers);

    public Task<S3Answer> DeleteAsync(string path, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Delete, path, null, headers);

    public async Task<S3Answer> SendAsync(
        HttpMethod method, string path, byte[]? body = null, (string Name, string Value)[]? headers = null, string payloadHash = PayloadHash.Unsigned)
    {
        using var request = Request(method, path, body, headers ?? [], payloadHash);
        using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
        return await S3Answer.ReadAsync(response);
    }

    public HttpRequestMessage Request(
        HttpMethod method, string path, byte[]? body, (string Name, string Value)[] headers, string payloadHash = PayloadHash.Unsigned)
    {
        var uri = new Uri(endpoint.GetLeftPart(UriPartial.Authority) + path, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        var request = new HttpRequestMessage(method, uri);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
        }

        foreach (var (name, value) in headers)
        {
            if (name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase) || name == "Expires")
            {
                request.Content ??= new ByteArrayContent([]);
                request.Content.Headers.TryAddWithoutValidation(name, value);
            }
            else
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }
        }

        signer?.Sign(request, payloadHash);
        return request;
    }
}

/// <summary>An answer, read to its end.</summary>
internal sealed record S3Answer(HttpStatusCode Status, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public string Text => Encoding.UTF8.GetString(Body);

    public XElement Xml => XDocument.Parse(Text).Root!;

    /// <summary>The Code of an error document.</summary>
    public string? ErrorCode => Body.Length == 0 ? null : (string?)Xml.Element("Code");

    public string? this[string header] => Headers.TryGetValue(header, out var value) ? value : null;

    public static async Task<S3Answer> ReadAsync(HttpResponseMessage response)
    {
        var headers = response.Headers.Concat(response.Content.Headers)
            .ToDictionary(static h => h.Key, static h => string.Join(",", h.Value), StringComparer.OrdinalIgnoreCase);
        return new S3Answer(response.StatusCode, headers, await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>The text of the first element of that name, in any namespace.</summary>
    public string? Value(string element) => Xml.Descendants().FirstOrDefault(e => e.Name.LocalName == element)?.Value;

    /// <summary>The texts of all elements of that name, in any namespace.</summary>
    public IReadOnlyList<string> Values(string element) => [.. Xml.Descendants().Where(e => e.Name.LocalName == element).Select(static e => e.Value)];

    /// <summary>Expects an S3 error.</summary>
    public S3Answer ShouldFail(HttpStatusCode status, string code)
    {
        Assert.Equal((status, code), (Status, ErrorCode));
        return this;
    }

    /// <summary>Expects a status.</summary>
    public S3Answer ShouldBe(HttpStatusCode status)
    {
        Assert.True(status == Status, $"{(int)Status}: {Text}");
        return this;
    }
}
