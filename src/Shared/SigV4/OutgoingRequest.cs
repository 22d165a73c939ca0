namespace EdgeCache.Shared.SigV4;

/// <summary>A request of <see cref="HttpClient"/> as it will stand on the wire.</summary>
internal sealed class OutgoingRequest(HttpMethod method, Uri uri, HttpRequestMessage? message) : ISignedRequest
{
    public string Method => method.Method;

    public string RawPath => uri.AbsolutePath;

    public string RawQuery => uri.Query.Length > 0 ? uri.Query[1..] : string.Empty;

    public IEnumerable<string> HeaderNames
    {
        get
        {
            yield return "host";
            if (message is null)
            {
                yield break;
            }

            foreach (var header in message.Headers.NonValidated)
            {
                yield return header.Key;
            }
        }
    }

    public bool TryGetHeader(string lowerCaseName, out string value)
    {
        if (lowerCaseName == "host")
        {
            value = message?.Headers.Host ?? Authority();
            return true;
        }

        // HttpClient joins several values by ", " on the wire, and so does ToString.
        var found = message is not null && message.Headers.NonValidated.TryGetValues(lowerCaseName, out var values);
        value = found ? message!.Headers.NonValidated[lowerCaseName].ToString() : string.Empty;
        return found;
    }

    private string Authority()
    {
        var host = uri.HostNameType == UriHostNameType.IPv6 ? $"[{uri.IdnHost}]" : uri.IdnHost;
        return uri.IsDefaultPort ? host : $"{host}:{uri.Port}";
    }
}
