using EdgeCache.Shared.Iam;
using EdgeCache.Shared.Replication;
using EdgeCache.Shared.S3;

namespace EdgeCache.Origin.Replication;

/// <summary>A read of an object in another region, for a caller.</summary>
/// <param name="Place">The region.</param>
/// <param name="Name">The object.</param>
/// <param name="Caller">For whom: the region decides as if the caller had asked it.</param>
/// <param name="Via">The edge through which the caller came, and its address.</param>
internal sealed record ForeignRead(CopySourcePlace Place, CopySourceName Name, Principal Caller, EdgeHop Via)
{
    /// <summary>What else is asked: conditions and a range.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>Path and query of the object's bytes, or of its tags.</summary>
    public string Target(bool tags)
    {
        var version = Name.VersionId is null ? null : $"versionId={PercentEncoding.Encode(Name.VersionId, keepSlash: false)}";
        var query = string.Join('&', new[] { tags ? "tagging" : null, version }.Where(static q => q is not null));
        return $"/{Name.Bucket}/{PercentEncoding.Encode(Name.Key, keepSlash: true)}{(query.Length == 0 ? string.Empty : "?" + query)}";
    }
}
