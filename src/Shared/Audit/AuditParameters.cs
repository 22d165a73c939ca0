using EdgeCache.Shared.S3;

namespace EdgeCache.Shared.Audit;

/// <summary>
/// The parameters of S3 requests that are recorded. A list of what may be written rather than of what may not: signatures, tokens, customers'
/// keys and whatever is invented later stay out by not being named. Neither are Referer and User-Agent, which may carry presigned links.
/// </summary>
public static class AuditParameters
{
    private static readonly string[] s_query =
    [
        "prefix", "delimiter", "marker", "start-after", "key-marker", "version-id-marker", "upload-id-marker", "max-keys", "max-uploads", "list-type",
        "uploadId", "partNumber", "part-number-marker", "max-parts", "encoding-type",
        "response-cache-control", "response-content-disposition", "response-content-encoding", "response-content-language", "response-content-type", "response-expires",
    ];

    private static readonly string[] s_headers =
    [
        "range", "if-match", "if-none-match", "x-amz-acl", "x-amz-grant-read", "x-amz-grant-write", "x-amz-grant-read-acp", "x-amz-grant-write-acp",
        "x-amz-grant-full-control", "x-amz-copy-source", "x-amz-copy-source-range", "x-amz-metadata-directive", "x-amz-tagging-directive",
        "x-amz-storage-class", "x-amz-server-side-encryption", "x-amz-server-side-encryption-customer-algorithm", "x-amz-bypass-governance-retention",
        "x-amz-object-lock-mode", "x-amz-object-lock-retain-until-date", "x-amz-object-lock-legal-hold", "x-amz-expected-bucket-owner",
    ];

    /// <summary>The names of all query parameters that are recorded.</summary>
    public static IReadOnlyList<string> QueryNames => s_query;

    /// <summary>The names of all headers that are recorded, in lower case.</summary>
    public static IReadOnlyList<string> HeaderNames => s_headers;

    /// <summary>Picks the parameters of a request.</summary>
    /// <param name="query">Its query.</param>
    /// <param name="header">Looks up a header by its lower-case name; null when absent.</param>
    public static List<KeyValuePair<string, string>> Pick(S3Query query, Func<string, string?> header)
    {
        var picked = new List<KeyValuePair<string, string>>();
        foreach (var name in s_query)
        {
            if (query.Get(name) is { } value)
            {
                picked.Add(new(name, value));
            }
        }

        foreach (var name in s_headers)
        {
            if (header(name) is { } value)
            {
                picked.Add(new(name, value));
            }
        }

        return picked;
    }
}
