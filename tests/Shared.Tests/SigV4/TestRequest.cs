using EdgeCache.Shared.SigV4;

namespace EdgeCache.Shared.Tests.SigV4;

/// <summary>A request whose every part can be changed after signing.</summary>
internal sealed class TestRequest : ISignedRequest
{
    public string Method { get; set; } = "GET";

    public string RawPath { get; set; } = "/";

    public string RawQuery { get; set; } = string.Empty;

    public SortedDictionary<string, string> Headers { get; } = new(StringComparer.Ordinal);

    public IEnumerable<string> HeaderNames => Headers.Keys;

    public bool TryGetHeader(string lowerCaseName, out string value)
    {
        var found = Headers.TryGetValue(lowerCaseName, out var header);
        value = header ?? string.Empty;
        return found;
    }

    /// <summary>Adds a header; a repeated one is joined as HTTP allows.</summary>
    public TestRequest With(string name, string value)
    {
        var lower = name.ToLowerInvariant();
        Headers[lower] = Headers.TryGetValue(lower, out var earlier) ? $"{earlier},{value}" : value;
        return this;
    }

    /// <summary>The request as a server would receive it.</summary>
    public static TestRequest From(HttpRequestMessage message)
    {
        var uri = message.RequestUri!;
        var request = From(message.Method, uri);
        foreach (var header in message.Headers.NonValidated)
        {
            request.Headers[header.Key.ToLowerInvariant()] = header.Value.ToString();
        }

        return request;
    }

    public static TestRequest From(HttpMethod method, Uri uri)
    {
        var target = uri.PathAndQuery.Split('?', 2);
        var request = new TestRequest { Method = method.Method, RawPath = target[0], RawQuery = target.Length > 1 ? target[1] : string.Empty };
        return request.With("host", uri.Authority);
    }

    public TestRequest Clone()
    {
        var clone = new TestRequest { Method = Method, RawPath = RawPath, RawQuery = RawQuery };
        foreach (var (name, value) in Headers)
        {
            clone.Headers[name] = value;
        }

        return clone;
    }
}
