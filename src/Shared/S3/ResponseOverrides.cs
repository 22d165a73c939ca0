namespace EdgeCache.Shared.S3;

/// <summary>
/// The <c>response-*</c> parameters of GetObject and HeadObject, which replace headers of a 200 or 206
/// (<see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html">GetObject</see>). Only signed requests may use them.
/// </summary>
public sealed record ResponseOverrides
{
    private static readonly (string Parameter, string Header)[] Known =
    [
        ("response-cache-control", "Cache-Control"),
        ("response-content-disposition", "Content-Disposition"),
        ("response-content-encoding", "Content-Encoding"),
        ("response-content-language", "Content-Language"),
        ("response-content-type", "Content-Type"),
        ("response-expires", "Expires"),
    ];

    private readonly List<KeyValuePair<string, string>> _headers;

    private ResponseOverrides(List<KeyValuePair<string, string>> headers) => _headers = headers;

    /// <summary>A request without overrides.</summary>
    public static ResponseOverrides None { get; } = new([]);

    /// <summary>The headers to replace, by their response names.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers => _headers;

    /// <summary>Reads the parameters: InvalidRequest when an anonymous request has any, InvalidArgument when a value could not stand in a header.</summary>
    public static S3Error? TryParse(S3Query query, bool isAnonymous, out ResponseOverrides overrides)
    {
        overrides = None;
        List<KeyValuePair<string, string>>? headers = null;
        foreach (var (parameter, header) in Known)
        {
            if (query.Get(parameter) is not { } value)
            {
                continue;
            }

            if (isAnonymous)
            {
                return new S3Error(S3ErrorCode.InvalidRequest, "Request specific response headers cannot be used for anonymous GET requests.");
            }

            // A line break here would let the holder of a presigned URL write headers of their own.
            if (value.AsSpan().IndexOfAnyInRange('\0', '\u001f') >= 0 || value.Contains('\u007f'))
            {
                return new S3Error(S3ErrorCode.InvalidArgument, "A header value cannot contain control characters.",
                    [new("ArgumentName", parameter), new("ArgumentValue", value)]);
            }

            (headers ??= []).Add(new(header, value));
        }

        overrides = headers is null ? None : new ResponseOverrides(headers);
        return null;
    }

    /// <summary>Sets the headers; call it after <see cref="S3ObjectHeaders.Write(Replication.VersionFacts, Action{string, string}, bool)"/>.</summary>
    public void Apply(Action<string, string> set)
    {
        foreach (var (name, value) in _headers)
        {
            set(name, value);
        }
    }
}
