using System.Security.Cryptography;
using System.Text;

namespace EdgeCache.Shared.Audit;

/// <summary>The name of an organization's audit bucket, and of the objects in it.</summary>
public static class AuditBucket
{
    /// <summary>How the names of all audit buckets begin; nobody but the system creates such a bucket.</summary>
    public const string Prefix = "cwobject-audit-";

    /// <summary>The longest organization id that stands in the name as it is, in characters: a bucket's name has at most 63.</summary>
    private const int MaxPlainLength = 48;

    /// <summary>The name for an organization: with its id where that can be part of a bucket's name, else with a digest of it.</summary>
    public static string NameOf(string organizationId) => Prefix + (IsPlain(organizationId)
        ? organizationId
        : "x" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(organizationId)).AsSpan(0, 16)));

    /// <summary>Whether a bucket of that name is an audit bucket.</summary>
    public static bool IsNameOfOne(string bucket) => bucket.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>The key of a batch: <c>data-plane/2026/11/22/07/&lt;batch&gt;.jsonl.gz</c>, by the hour in which the batch was begun (UTC).</summary>
    public static string KeyOf(AuditPlane plane, AuditBatchId batch) =>
        $"{AuditPlanes.Name(plane)}/{batch.BegunAt.UtcDateTime:yyyy'/'MM'/'dd'/'HH}/{batch}.jsonl.gz";

    private static bool IsPlain(string id) =>
        id.Length is > 0 and <= MaxPlainLength && !id.EndsWith('-') &&
        id.AsSpan().IndexOfAnyExcept(PlainCharacters) < 0 && !id.StartsWith('-');

    private static readonly System.Buffers.SearchValues<char> PlainCharacters =
        System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");
}
