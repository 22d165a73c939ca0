using EdgeCache.Shared.Replication;

namespace EdgeCache.Edge.Upstream;

/// <summary>One region as an edge sees it: its change stream, and what its origin is asked.</summary>
internal sealed class Region(string name, Uri s3Url, ChangeStream changes, InternalApiClient api, RangeClient ranges)
{
    public string Name => name;

    /// <summary>The origin's S3 listener.</summary>
    public Uri S3Url => s3Url;

    public ChangeStream Changes => changes;

    /// <summary>Where fills get their bytes.</summary>
    public RangeClient Ranges => ranges;

    public bool FailedRecently => api.FailedRecently;

    /// <summary>Asks for a bucket's facts; none and no fault when the region does not have it.</summary>
    public async Task<(UpstreamFault Fault, BucketFacts? Facts)> BucketAsync(string bucket, CancellationToken cancellationToken)
    {
        var (fault, _, facts) = await api.GetAsync(
            InternalApi.Bucket.Replace("{bucket}", bucket, StringComparison.Ordinal), InternalJson.Default.BucketFacts, cancellationToken);
        return (fault, facts);
    }

    /// <summary>Asks which version a key names.</summary>
    public async Task<(UpstreamFault Fault, ResolveReply? Reply)> ResolveAsync(string bucket, string key, string? versionId, CancellationToken cancellationToken)
    {
        var (fault, found, reply) = await api.GetAsync(
            $"{InternalApi.Resolve}?bucket={bucket}&key={Uri.EscapeDataString(key)}" +
            (versionId is null ? string.Empty : $"&versionId={Uri.EscapeDataString(versionId)}"),
            InternalJson.Default.ResolveReply, cancellationToken);
        return (fault == UpstreamFault.None && !found ? UpstreamFault.Refused : fault, reply);
    }

    /// <summary>Asks for a page of the bucket's objects, or of all their versions. For administration only: no request of a client lists here.</summary>
    public async Task<(UpstreamFault Fault, ObjectsReply? Reply)> ListAsync(ObjectPageQuery query, CancellationToken cancellationToken)
    {
        var (fault, found, reply) = await api.GetAsync(
            $"{InternalApi.Objects}?bucket={query.Bucket}&prefix={Uri.EscapeDataString(query.Prefix)}&after={Uri.EscapeDataString(query.After)}" +
            (query.AllVersions ? $"&versions=true&afterVersion={Uri.EscapeDataString(query.AfterVersion)}" : string.Empty),
            InternalJson.Default.ObjectsReply, cancellationToken);
        return (fault == UpstreamFault.None && !found ? UpstreamFault.Refused : fault, reply);
    }
}

/// <summary>Which page of a bucket's objects is wanted.</summary>
/// <param name="Bucket">The bucket.</param>
/// <param name="Prefix">Only keys that begin with it.</param>
/// <param name="AllVersions">All versions of each key, not only the current one.</param>
/// <param name="After">Only keys greater than this.</param>
/// <param name="AfterVersion">With all versions: the version of <paramref name="After"/> that was listed last.</param>
internal sealed record ObjectPageQuery(string Bucket, string Prefix, bool AllVersions = false, string After = "", string AfterVersion = "");
