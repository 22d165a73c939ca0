using System.Text;
using EdgeCache.Shared.S3;
using EdgeCache.Shared.S3.Xml;

namespace EdgeCache.Origin.Operations.Posting;

/// <summary>
/// The fields of a form as the headers of the PUT that it stands for. They take the place of the request's own, which speak of the form and not of the object: so
/// everything that looks at headers from here on, policies and ACLs included, sees what the form says.
/// </summary>
internal static class PostedHeaders
{
    private const string Prefix = "x-amz-";

    private static readonly string[] s_standard =
        ["Cache-Control", "Content-Type", "Content-Disposition", "Content-Encoding", "Content-Language", "Content-MD5", "Expires"];

    // They prove the policy and are no one else's business, or make no sense in a form.
    private static readonly string[] s_ofSignature =
        ["x-amz-algorithm", "x-amz-credential", "x-amz-date", "x-amz-signature", "x-amz-security-token", "x-amz-content-sha256", "x-amz-copy-source"];

    /// <summary>A field has characters that no header can have, or tags that are none.</summary>
    public static S3Error Invalid { get; } = new(S3ErrorCode.InvalidArgument, "A field of the form has a value that can't be kept.");

    /// <summary>Replaces the headers; <see cref="Invalid"/> when they can't be.</summary>
    public static async Task<S3Error?> ApplyAsync(IHeaderDictionary headers, IReadOnlyDictionary<string, string> fields, CancellationToken cancellationToken)
    {
        foreach (var name in headers.Keys.Where(IsOfObject).ToList())
        {
            headers.Remove(name);
        }

        foreach (var (name, value) in fields)
        {
            var header = name switch
            {
                "acl" => "x-amz-acl",
                "tagging" => "x-amz-tagging",
                _ when name.StartsWith(Prefix, StringComparison.Ordinal) && !s_ofSignature.Contains(name) => name,
                _ => Array.Find(s_standard, s => s.Equals(name, StringComparison.OrdinalIgnoreCase)),
            };
            if (header is null)
            {
                continue;
            }

            var text = name == "tagging" ? await ReadTagsAsync(value, cancellationToken) : value;
            if (text is null || text.Any(static c => c is < ' ' and not '\t' or '\x7f') || name.Any(static c => c is <= ' ' or >= '\x7f' or ':'))
            {
                return Invalid;
            }

            headers[header] = text;
        }

        return null;
    }

    private static bool IsOfObject(string name) =>
        name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) || s_standard.Contains(name, StringComparer.OrdinalIgnoreCase) ||
        name.StartsWith("If-", StringComparison.OrdinalIgnoreCase);

    // A form brings tags as a document, a header as a query.
    private static async Task<string?> ReadTagsAsync(string document, CancellationToken cancellationToken)
    {
        using var stream = new MemoryStream(Encoding.Latin1.GetBytes(document), writable: false);
        var (tags, _) = await TaggingDocument.ReadObjectTagsAsync(stream, cancellationToken);
        return tags is null
            ? null
            : string.Join('&', tags.Select(static t => $"{PercentEncoding.Encode(t.Key, keepSlash: false)}={PercentEncoding.Encode(t.Value, keepSlash: false)}"));
    }
}
